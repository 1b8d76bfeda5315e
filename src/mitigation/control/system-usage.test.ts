import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import {
  parseMemory,
  parseNetworkPackets,
  readCpus,
  SystemMeter,
  type SystemSources,
} from './system-usage.ts';

const HEAD = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`;
const LOOPBACK =
  '    lo: 2442308835 1000    0    0    0     0          0         0 2442308835 1000    0    0    0     0       0          0\n';
const ETHERNET =
  '  eth0:707588516   17030    0    0    0     0          0         0  1132759   10815    0    0    0     0       0          0\n';

const MEMORY = 'MemTotal:       1000 kB\nMemFree:        100 kB\nMemAvailable:   250 kB\n';

describe('packets', () => {
  it('are those of all interfaces but loopback', () => {
    assert.equal(parseNetworkPackets(HEAD + LOOPBACK + ETHERNET), 27_845);
  });

  it('are those of loopback where there is nothing else', () => {
    assert.equal(parseNetworkPackets(HEAD + LOOPBACK), 2000);
  });

  it('are none in a text that says nothing', () => {
    for (const text of ['', 'eth0', 'eth0: x y', HEAD, 'eth0: 1']) assert.equal(parseNetworkPackets(text), 0);
  });
});

describe('memory', () => {
  it('counts what is available, not what is free', () => {
    assert.deepEqual(parseMemory(MEMORY), { totalBytes: 1_024_000, availableBytes: 256_000 });
  });

  it('is unknown in a text that says nothing', () => {
    assert.equal(parseMemory('MemTotal: 5 MB'), null);
  });
});

it('sums the processors', () => {
  const times = { user: 1, nice: 2, sys: 3, idle: 10, irq: 4 };
  assert.deepEqual(readCpus([{ times }, { times }]), { busyMs: 20, totalMs: 40 });
  assert.deepEqual(readCpus([]), { busyMs: 0, totalMs: 0 });
});

describe('the meter', () => {
  const counters = { user: 0, idle: 0, packets: 0 };
  const sources: SystemSources = {
    cpus: () => [{ times: { user: counters.user, nice: 0, sys: 0, idle: counters.idle, irq: 0 } }],
    networkText: () => `${HEAD}eth0: 0 ${counters.packets} 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n`,
    memoryText: () => MEMORY,
    memoryFallback: () => ({ totalBytes: 1, availableBytes: 1 }),
    residentBytes: () => 77,
  };

  it('gives rates between two readings, and the same ones to callers in quick succession', () => {
    const clock = new ManualClock();
    const meter = new SystemMeter(clock, sources);
    assert.deepEqual(meter.read(), {
      cpuPercent: 0,
      packetsPerSecond: 0,
      memoryPercent: 75,
      residentBytes: 77,
    });
    Object.assign(counters, { user: 500, idle: 1500, packets: 3000 });
    clock.advanceMs(2000);
    const reading = { cpuPercent: 25, packetsPerSecond: 1500, memoryPercent: 75, residentBytes: 77 };
    assert.deepEqual(meter.read(), reading);
    Object.assign(counters, { user: 501, idle: 1501, packets: 4000 });
    clock.advanceMs(10);
    assert.deepEqual(meter.read(), reading);
  });

  it('never invents traffic or load when counters fall', () => {
    const clock = new ManualClock();
    Object.assign(counters, { user: 500, idle: 500, packets: 3000 });
    const meter = new SystemMeter(clock, sources);
    Object.assign(counters, { user: 0, idle: 0, packets: 0 });
    clock.advanceMs(1000);
    const { cpuPercent, packetsPerSecond } = meter.read();
    assert.deepEqual([cpuPercent, packetsPerSecond], [0, 0]);
  });

  it('reads the running machine', () => {
    const clock = new ManualClock();
    const meter = new SystemMeter(clock);
    clock.advanceMs(1000);
    const { cpuPercent, memoryPercent, residentBytes, packetsPerSecond } = meter.read();
    assert.ok(cpuPercent >= 0 && cpuPercent <= 100);
    assert.ok(memoryPercent > 0 && memoryPercent < 100);
    assert.ok(residentBytes > 0);
    assert.ok(packetsPerSecond >= 0);
  });
});
