/** The running programs of one comparison: origin and peers, each started, checked and known by its process. */
import type { ChildProcess } from 'node:child_process';
import type { Runtime } from '../../scripts/runtime.mjs';
import { fail, ok, type Result } from '../../src/core/result.ts';
import type { Cores } from './machine.ts';
import { originCommand } from './origin.ts';
import { PEERS, type PeerCommand, type PeerName, type PeerSetup, refusingNodeCommand } from './peers.ts';
import { checkAnswer, waitForPort } from './verify.ts';
import { findFreePort, type Workspace } from './workspace.ts';

export interface ArenaOptions {
  readonly workspace: Workspace;
  readonly cores: Cores;
  readonly runtime: Runtime;
  /** Microseconds in one tick of processor time. */
  readonly tickMicros: number;
}

export interface RunningPeer {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
}

export class Arena {
  readonly options: ArenaOptions;
  #originPort = 0;

  constructor(options: ArenaOptions) {
    this.options = options;
  }

  get originPort(): number {
    return this.#originPort;
  }

  /** Starts the origin; a fault says why the comparison cannot run. */
  async startOrigin(): Promise<Result<null, string>> {
    this.#originPort = await findFreePort();
    this.#start('origin', this.options.cores.load, originCommand(this.options.workspace, this.#originPort));
    if (await waitForPort(this.#originPort)) return ok(null);
    return fail(`the origin does not start:\n${this.options.workspace.readLog('origin')}`);
  }

  /** Starts one program and checks its answers. */
  async startPeer(name: PeerName): Promise<Result<RunningPeer, string>> {
    const peer = await this.startProgram(name, PEERS[name].prepare);
    if (!peer.ok) return peer;
    for (const body of ['small', 'large'] as const) {
      const fault = await checkAnswer(peer.value.port, body, this.options.workspace.certificate);
      if (fault !== null) return fail(`${name} ${fault}\n${this.options.workspace.readLog(name)}`);
    }
    return peer;
  }

  /** Starts a node that refuses this machine. */
  startRefusingNode(): Promise<Result<RunningPeer, string>> {
    return this.startProgram('refusing', refusingNodeCommand);
  }

  /** Starts a program under that name. */
  async startProgram(
    name: string,
    prepare: (setup: PeerSetup) => Promise<PeerCommand>,
  ): Promise<Result<RunningPeer, string>> {
    const { workspace, cores, runtime } = this.options;
    const port = await findFreePort();
    const setup = { workspace, port, originPort: this.#originPort, runtime };
    const child = this.#start(name, cores.proxy, await prepare(setup));
    if (child.pid !== undefined && (await waitForPort(port))) return ok({ name, port, pid: child.pid });
    return fail(`${name} does not start:\n${workspace.readLog(name)}`);
  }

  #start(name: string, core: number, command: PeerCommand): ChildProcess {
    return this.options.workspace.start({ name, core, ...command });
  }
}
