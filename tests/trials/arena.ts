/**
 * Where trials take place: an origin and bystanders in processes of their own, and a node in front of them, of either
 * runtime. Closing it ends all of them, and fails where the node had unexpected errors.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { baseSettings, overlay, type Settings } from '../support/node-config.ts';
import { createFolder, NodeProcess, removeFolder } from '../support/node-process.ts';
import { HelperProcess } from './helper-process.ts';
import { FigureReader, type Figures } from './process-figures.ts';
import type { BystanderOptions, BystanderReport } from './programs/bystander.ts';
import type { OriginCounts, OriginMode } from './programs/origin.ts';
import type { TrialSetting } from './trial.ts';

const ORIGIN = new URL('./programs/origin.ts', import.meta.url);
const BYSTANDER = new URL('./programs/bystander.ts', import.meta.url);

export interface ArenaOptions {
  readonly settings?: Settings;
  readonly workers?: number;
  /** Arguments of the runtime, in front of the program. */
  readonly runtimeArguments?: readonly string[];
}

/** A log with a line per request would measure the log, and fill the memory of the harness. */
const QUIET_LOG: Settings = { logging: { access_log: false } };

export class Arena {
  readonly node: NodeProcess;
  readonly #figures: FigureReader = new FigureReader();
  readonly #helpers: HelperProcess[] = [];
  #origin: HelperProcess;
  #originPort: number;

  private constructor(node: NodeProcess, origin: HelperProcess, originPort: number) {
    this.node = node;
    this.#origin = origin;
    this.#originPort = originPort;
  }

  static async open({ runtime, placement }: TrialSetting, options: ArenaOptions = {}): Promise<Arena> {
    const origin = HelperProcess.start(ORIGIN);
    const folder = createFolder();
    try {
      const originPort = await origin.ask<number>('listen', 0);
      const base = overlay(await baseSettings(folder, originPort, options.workers ?? 1), QUIET_LOG);
      const settings = overlay(base, options.settings ?? {});
      const args = [...runtime.args, ...(options.runtimeArguments ?? [])];
      const node = await NodeProcess.start(folder, settings, args, runtime.path);
      placement.placeNode(node.pid);
      endWithThis(node);
      return new Arena(node, origin, originPort);
    } catch (error) {
      await origin.stop();
      removeFolder(folder);
      throw error;
    }
  }

  figures(): Figures {
    return this.#figures.read(this.node.pid);
  }

  /** Starts a program that ends with the arena. */
  helper(program: URL, humble = false): HelperProcess {
    const helper = HelperProcess.start(program, { humble });
    this.#helpers.push(helper);
    return helper;
  }

  async bystander(options: Omit<BystanderOptions, 'port'>): Promise<Bystander> {
    const helper = this.helper(BYSTANDER);
    await helper.ask('start', { ...options, port: this.node.port });
    return new Bystander(helper);
  }

  async originCounts(): Promise<OriginCounts> {
    return await this.#origin.ask<OriginCounts>('counts');
  }

  async originMode(mode: OriginMode): Promise<void> {
    await this.#origin.ask('behave', mode);
  }

  /** Freezes (SIGSTOP), thaws (SIGCONT) or kills the origin. */
  signalOrigin(name: NodeJS.Signals): void {
    this.#origin.signal(name);
  }

  /** A new process in the place of an origin that was killed. */
  async restartOrigin(): Promise<void> {
    await this.#origin.stop();
    this.#origin = HelperProcess.start(ORIGIN);
    await this.#origin.ask('listen', this.#originPort);
  }

  async close(): Promise<void> {
    for (const helper of this.#helpers) await helper.stop();
    try {
      await this.node.stop();
    } finally {
      removeFolder(this.node.folder);
      await this.#origin.stop();
    }
  }
}

/** Whatever ends the trial ends the node too; helpers end with their input. */
function endWithThis(node: NodeProcess): void {
  const end = (): void => node.signal('SIGKILL');
  process.once('exit', end);
  void node.exited.finally(() => process.off('exit', end));
}

/** The bystander's end that a trial holds. */
export class Bystander {
  readonly #helper: HelperProcess;

  constructor(helper: HelperProcess) {
    this.#helper = helper;
  }

  /** The report since the last mark. */
  async mark(): Promise<BystanderReport> {
    return await this.#helper.ask<BystanderReport>('mark');
  }

  /** The report on so many seconds from now. */
  async during(seconds: number): Promise<BystanderReport> {
    await this.mark();
    await pause(1000 * seconds);
    return await this.mark();
  }

  /** Waits for what is under way; the report since the last mark. */
  async stop(): Promise<BystanderReport> {
    return await this.#helper.ask<BystanderReport>('stop');
  }
}
