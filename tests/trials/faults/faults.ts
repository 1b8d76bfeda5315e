/** The faults, by name: of the configuration, of the origin, of a thread, of the machine. */
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NodeProcess } from '../../support/node-process.ts';
import { createClientAuthority, handshake } from '../../support/tls-client.ts';
import { until } from '../../support/until.ts';
import type { OriginMode } from '../programs/origin.ts';
import { type Fault, type FaultGround, type FaultOutcome, NO_DEATHS } from './fault.ts';

const RESPONSE_SECONDS = 2;
const QUEUE_MS = 1000;
/** What a machine that is busy with 400 requests a second adds to a limit that is looked at four times a second. */
const MARGIN_MS = 1500;
const ILL_SECONDS = 3;
const WORKERS = 2;
const FILES = 64;
const ILL_STATUSES = [502, 503, 504];
/** The connections of a thread stand for up to a tenth of a second while it ends: half of 400 requests a second. */
const LOST_PER_DEATH = 20;

const DYING_WORKER = fileURLToPath(new URL('../../support/dying-worker.mjs', import.meta.url));

/** Limits short enough that every request shows whether they hold. */
const SETTINGS = {
  network: { connection_timeout: RESPONSE_SECONDS },
  upstream: { response_timeout_seconds: RESPONSE_SECONDS, queue_timeout_ms: QUEUE_MS },
};

const ALL_WELL = {
  options: () => ({ workers: WORKERS, settings: SETTINGS }),
  statuses: [],
  mayRefuse: false,
  lostPerDeath: 0,
  slowestMsMax: MARGIN_MS,
};
const ORIGIN_ILL = {
  ...ALL_WELL,
  statuses: ILL_STATUSES,
  slowestMsMax: 1000 * RESPONSE_SECONDS + QUEUE_MS + MARGIN_MS,
};

export const FAULTS: readonly Fault[] = [
  { ...ALL_WELL, name: 'reloads', provoke: reloadOften },
  { ...ALL_WELL, name: 'certificates', provoke: changeCertificates },
  {
    ...ORIGIN_ILL,
    name: 'origin-frozen',
    provoke: async ({ arena, last }) => {
      arena.signalOrigin('SIGSTOP');
      await last(ILL_SECONDS);
      arena.signalOrigin('SIGCONT');
      return NO_DEATHS;
    },
  },
  {
    ...ORIGIN_ILL,
    name: 'origin-killed',
    provoke: async ({ arena, last }) => {
      arena.signalOrigin('SIGKILL');
      await last(ILL_SECONDS);
      await arena.restartOrigin();
      return NO_DEATHS;
    },
  },
  { ...ORIGIN_ILL, name: 'origin-resets', provoke: (ground) => misbehave(ground, 'reset') },
  { ...ORIGIN_ILL, name: 'origin-garbage', provoke: (ground) => misbehave(ground, 'garbage') },
  {
    ...ALL_WELL,
    name: 'workers-die',
    options: ({ runtime }) => ({
      workers: WORKERS,
      settings: SETTINGS,
      runtimeArguments: [runtime.name === 'bun' ? '--preload' : '--import', DYING_WORKER],
    }),
    lostPerDeath: LOST_PER_DEATH,
    provoke: killWorkers,
  },
  { ...ORIGIN_ILL, name: 'files-64', mayRefuse: true, provoke: takeFiles },
];

/** Each time with another limit, another setting of the firewall and another patience. */
async function reloadOften({ arena, times, last }: FaultGround): Promise<FaultOutcome> {
  const refused: string[] = [];
  for (let turn = 0; turn < times(100); turn++) {
    const line = await arena.node.reload({
      http: { idle_timeout_seconds: 50 + (turn % 20) },
      ddos: { rate_limiting: { burst_size: 900_000 + turn } },
      waf: { inbound_anomaly_threshold: 5 + (turn % 3) },
    });
    if (!/Configuration reloaded/.test(line)) refused.push(line);
    await last(0.1);
  }
  return { deaths: 0, misses: refused.slice(0, 1) };
}

/** Each new certificate has to be shown by the time that the node says so. */
async function changeCertificates({ arena, times, last }: FaultGround): Promise<FaultOutcome> {
  const { node } = arena;
  const authority = await createClientAuthority('CN=trials');
  const misses: string[] = [];
  for (let turn = 0; turn < times(20); turn++) {
    const pair = await authority.sign(`CN=trial-${turn}`);
    writeFileSync(join(node.folder, 'key.pem'), pair.key);
    writeFileSync(join(node.folder, 'cert.pem'), pair.cert);
    const line = await node.reload({ http: { idle_timeout_seconds: 50 + turn } });
    if (!/Configuration reloaded/.test(line)) misses.push(line);
    const wanted = new X509Certificate(pair.cert).fingerprint256;
    await until(
      'the new certificate',
      () => fingerprintOf(node),
      (shown) => shown === wanted,
    ).catch((error: unknown) => misses.push(String(error)));
    await last(0.25);
  }
  return { deaths: 0, misses: misses.slice(0, 1) };
}

async function fingerprintOf(node: NodeProcess): Promise<string> {
  const { wire, certificate } = await handshake(node.port);
  wire.close();
  return certificate.fingerprint256;
}

async function misbehave({ arena, last }: FaultGround, mode: OriginMode): Promise<FaultOutcome> {
  await arena.originMode(mode);
  await last(ILL_SECONDS);
  await arena.originMode('serve');
  return NO_DEATHS;
}

async function killWorkers({ arena, times, last }: FaultGround): Promise<FaultOutcome> {
  const { node } = arena;
  node.provoked = /Worker failed|Worker ended/;
  const deaths = times(10);
  for (let death = 1; death <= deaths; death++) {
    writeFileSync(join(node.folder, 'die'), '');
    await until(
      'replacement of a worker',
      async () => (await node.manage('GET', '/api/v1/status')).body.workers as Workers,
      ({ alive, restarts }) => alive === WORKERS && restarts === death,
    );
    await last(0.5);
  }
  return { deaths, misses: [] };
}

interface Workers {
  readonly alive: number;
  readonly restarts: number;
}

/** Only the soft limit is taken down, so that anybody may put it back. */
async function takeFiles({ arena, last }: FaultGround): Promise<FaultOutcome> {
  const { pid } = arena.node;
  const soft = /^Max open files\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1] ?? '1024';
  const limit = (files: number | string): boolean =>
    spawnSync('prlimit', [`--nofile=${files}:`, '--pid', String(pid)], { stdio: 'ignore' }).status === 0;
  if (!limit(FILES)) return { deaths: 0, misses: ['prlimit did not work'] };
  await last(2 * ILL_SECONDS);
  limit(soft);
  return NO_DEATHS;
}
