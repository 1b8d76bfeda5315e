/** The orchestrator that is measured: a process of its own, bound to one core. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Place } from './plain-call.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const PAGE_BYTES = 4096;
/** What /proc counts processor time in. */
const TICKS_PER_SECOND = 100;
const HOST = '127.0.0.1';

export class OrchestratorChild {
  readonly place: Place;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, folder: string, port: number) {
    this.#child = child;
    this.#folder = folder;
    this.place = { host: HOST, port };
  }

  /** @param core the only one that it may use */
  static async start(core: number, port: number): Promise<OrchestratorChild> {
    const folder = mkdtempSync(join(tmpdir(), 'secbeat-bench-fleet-'));
    const toml = [
      '[fleet]',
      `listen_addr = "${HOST}:${port}"`,
      `metrics_addr = "${HOST}:${port + 1}"`,
      'heartbeat_interval = 10',
      '[state]',
      `dir = "${join(folder, 'state')}"`,
    ];
    writeFileSync(join(folder, 'fleet.toml'), `${toml.join('\n')}\n`);
    const own = [...process.execArgv, MAIN, 'orchestrator', '--config', join(folder, 'fleet.toml')];
    const child = spawn('taskset', ['-c', String(core), process.execPath, ...own], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const listening = Promise.withResolvers<void>();
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('Orchestrator is listening')) listening.resolve();
    });
    child.once('exit', () => listening.reject(new Error('the orchestrator did not start')));
    await listening.promise;
    return new OrchestratorChild(child, folder, port);
  }

  /** Processor time used so far, in seconds. */
  cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }

  /** Memory in use, in octets. */
  residentBytes(): number {
    return Number(readFileSync(`/proc/${this.#child.pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
