/** A real orchestrator: a child process of the runtime that runs the test, which can be killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, OWN_HOST, overlay, type Settings, toToml } from './node-config.ts';
import { until, within } from './until.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** Servers that it needs may have just begun as well. */
const START_PATIENCE_MS = 45_000;

export class OrchestratorProcess {
  /** What all its runs have written, line by line. */
  readonly log: string[] = [];
  readonly url: string;
  readonly #folder: string;
  #child: ChildProcess | null = null;
  #exited: Promise<void> = Promise.resolve();

  private constructor(folder: string, port: number, metricsPort: number, more: Settings) {
    this.#folder = folder;
    this.url = `http://${OWN_HOST}:${port}`;
    const fleet = {
      listen_addr: `${OWN_HOST}:${port}`,
      metrics_addr: `${OWN_HOST}:${metricsPort}`,
      heartbeat_interval: 1,
      dead_node_check_interval: 1,
    };
    const settings = overlay({ fleet, state: { dir: join(folder, 'fleet') } }, more);
    writeFileSync(join(folder, 'orchestrator.toml'), toToml(settings));
  }

  /** Starts one that keeps its files in `folder`. */
  static async start(folder: string, more: Settings = {}): Promise<OrchestratorProcess> {
    const orchestrator = await OrchestratorProcess.prepare(folder, more);
    await orchestrator.startAgain();
    return orchestrator;
  }

  /** One that `startAgain` starts for the first time. */
  static async prepare(folder: string, more: Settings = {}): Promise<OrchestratorProcess> {
    return new OrchestratorProcess(folder, await freePort(), await freePort(), more);
  }

  /**
   * Starts it at the same place, after `kill` or `stop`; rejects where it ends at its start.
   *
   * @param wrapper a program with its arguments that runs the orchestrator as its own process; none by default
   */
  async startAgain(wrapper: readonly string[] = []): Promise<void> {
    const known = this.log.length;
    const configPath = join(this.#folder, 'orchestrator.toml');
    const own = [process.execPath, MAIN, 'orchestrator', '--config', configPath];
    const [program = '', ...args] = [...wrapper, ...own];
    const child = spawn(program, args, {
      cwd: this.#folder,
      env: { PATH: process.env.PATH ?? '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    const exited = Promise.withResolvers<void>();
    this.#exited = exited.promise;
    let gone = false;
    child.once('close', () => {
      gone = true;
      exited.resolve();
    });
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => this.log.push(...text.trimEnd().split('\n')));
    }
    await until(
      'orchestrator that listens',
      () => this.log.slice(known).join('\n'),
      (text) => gone || /Orchestrator is listening/.test(text),
      START_PATIENCE_MS,
    );
    if (gone) throw new Error(`The orchestrator has ended: ${this.log.slice(known).join('\n')}`);
  }

  /** Calls the API; the path stands below /api/v1. */
  async call(method: string, path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    const text = await response.text();
    return text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>);
  }

  /** Resolves once it has ended, by whatever. */
  get ended(): Promise<void> {
    return this.#exited;
  }

  /** Where it keeps its files. */
  get stateFolder(): string {
    return join(this.#folder, 'fleet');
  }

  /** Ends it without a word, as a crash would. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await within('end of the orchestrator', this.#exited);
  }

  async stop(): Promise<void> {
    this.#child?.kill('SIGTERM');
    await within('end of the orchestrator', this.#exited).catch(() => this.kill());
  }
}
