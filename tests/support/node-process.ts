/**
 * A real node: a child process of the runtime that runs the test, with its log, its metrics, its management API
 * and its end. Whoever starts one stops it, and the stop fails where the node had unexpected errors.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseMetrics, type Sample, sumOf } from './metrics-page.ts';
import { overlay, type Settings, toToml } from './node-config.ts';
import { PATIENCE_MS, until, within } from './until.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const LISTENING = /Node is listening/;
/** In either form of the log. */
const ADDRESS_PORT = /\baddress"?[=:]"?[^\s",]*:(\d+)/;
/** Lines that no node may write, whatever its clients do. */
const UNEXPECTED = /Unexpected error|Worker failed|Worker ended/;

export interface ManagementAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export class NodeProcess {
  readonly folder: string;
  /** What the node has written to standard output and error, line by line. */
  readonly log: string[] = [];
  /** Exit code, or the name of the signal that ended the process. */
  readonly exited: Promise<number | string>;
  port = 0;
  /** Errors that the test provokes itself. */
  provoked: RegExp | null = null;
  readonly #child: ChildProcess;
  #settings: Settings;
  #running = true;

  private constructor(
    folder: string,
    settings: Settings,
    runtimeArguments: readonly string[],
    runtime: string,
  ) {
    this.folder = folder;
    this.#settings = settings;
    this.#writeConfig(settings);
    const args = [...runtimeArguments, MAIN, 'node', '--config', this.configPath];
    this.#child = spawn(runtime, args, {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) this.#keepLines(stream);
    const exited = Promise.withResolvers<number | string>();
    this.exited = exited.promise;
    this.#child.once('error', exited.reject);
    this.#child.once('close', (code, signal) => {
      this.#running = false;
      exited.resolve(code ?? signal ?? 'unknown');
    });
  }

  /**
   * Starts a node and waits until it listens.
   *
   * @param folder keeps its files from start to start
   * @param runtimeArguments arguments of the runtime, in front of the program
   * @param runtime the program to run it with; that of the test where left out
   */
  static async start(
    folder: string,
    settings: Settings,
    runtimeArguments: readonly string[] = [],
    runtime: string = process.execPath,
  ): Promise<NodeProcess> {
    const node = new NodeProcess(folder, settings, runtimeArguments, runtime);
    const line = await Promise.race([
      node.untilLine(LISTENING),
      node.exited.then((code) =>
        Promise.reject(new Error(`The node ended (${code}): ${node.log.join('\n')}`)),
      ),
    ]).catch((error: unknown) => {
      node.#child.kill('SIGKILL');
      throw error;
    });
    node.port = Number(ADDRESS_PORT.exec(line)![1]);
    return node;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get configPath(): string {
    return join(this.folder, 'node.toml');
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** Resolves with the first line at or behind `from` that matches. */
  untilLine(pattern: RegExp, from = 0): Promise<string> {
    const find = (): string | undefined => this.log.slice(from).find((line) => pattern.test(line));
    return until(`line ${pattern}`, find, (line) => line !== undefined).then((line) => line!);
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name);
  }

  /** Writes a changed configuration, asks the node to read it, and waits for its word on it. */
  async reload(changes: Settings): Promise<string> {
    this.#settings = overlay(this.#settings, changes);
    this.#writeConfig(this.#settings);
    const before = this.log.length;
    this.signal('SIGHUP');
    return await this.untilLine(/Configuration (reloaded|refused)/, before);
  }

  async metrics(): Promise<readonly Sample[]> {
    const response = await fetch(`http://${this.#address('metrics')}/metrics`);
    return parseMetrics(await response.text());
  }

  /** One figure of the metrics: the sum over the samples with these labels. */
  async metric(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    return sumOf(await this.metrics(), name, labels);
  }

  /** Waits until a figure of the metrics has a value. */
  async untilMetric(
    name: string,
    labels: Readonly<Record<string, string>>,
    accept: (value: number) => boolean,
  ): Promise<number> {
    return await until(`${name} ${JSON.stringify(labels)}`, () => this.metric(name, labels), accept);
  }

  /** Calls the management API with the token that the node has made; null leaves the token out. */
  async manage(
    method: string,
    path: string,
    body?: Settings,
    token: string | null = this.token,
  ): Promise<ManagementAnswer> {
    const response = await fetch(`http://${this.#address('management')}${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
  }

  /** The token that the node has made at its first start. */
  get token(): string {
    return readFileSync(join(this.folder, 'state', 'management.token'), 'utf8').trim();
  }

  /** Resident memory in bytes. */
  residentBytes(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1024;
  }

  /** Ends the node as an operator does; rejects where it does not end cleanly or had unexpected errors. */
  async stop(): Promise<void> {
    if (this.#running) this.signal('SIGTERM');
    const code = await within('end of the node', this.exited, 2 * PATIENCE_MS).catch((error: unknown) => {
      this.#child.kill('SIGKILL');
      throw error;
    });
    this.assertSound();
    if (code !== 0) throw new Error(`The node ended with ${code}: ${this.log.slice(-20).join('\n')}`);
  }

  /** Ends the process without a word, as a crash would. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await within('end of the node', this.exited);
  }

  /** The lines of the log that tell of errors in the node's own code, but for those that were provoked. */
  errors(): readonly string[] {
    return this.log.filter((line) => UNEXPECTED.test(line) && this.provoked?.test(line) !== true);
  }

  /** Fails where the node has met with an error in its own code. */
  assertSound(): void {
    const bad = this.errors();
    if (bad.length > 0) throw new Error(`The node had unexpected errors: ${bad.slice(0, 3).join('\n')}`);
  }

  #address(section: 'metrics' | 'management'): string {
    const settings = this.#settings[section] as Settings;
    return String(settings.listen_addr);
  }

  #writeConfig(settings: Settings): void {
    writeFileSync(this.configPath, toToml(settings));
  }

  #keepLines(stream: NodeJS.ReadableStream): void {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      this.log.push(...lines);
    });
  }
}

/** A folder for one node, below the system's folder for temporary files. */
export function createFolder(): string {
  return mkdtempSync(join(tmpdir(), 'secbeat-e2e-'));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
