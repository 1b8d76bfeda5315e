/** An orchestrator and three nodes that follow it, each a process of its own. */
import type { Settings } from './node-config.ts';
import { createFolder, removeFolder } from './node-process.ts';
import { OrchestratorProcess } from './orchestrator-process.ts';
import { Stand } from './stand.ts';

export class ThreeNodes {
  readonly orchestrator: OrchestratorProcess;
  readonly stands: readonly Stand[];
  readonly #folder: string;

  private constructor(folder: string, orchestrator: OrchestratorProcess, stands: readonly Stand[]) {
    this.#folder = folder;
    this.orchestrator = orchestrator;
    this.stands = stands;
  }

  /** Resolves once the orchestrator knows all of them. */
  static async open(more: Settings = {}): Promise<ThreeNodes> {
    const folder = createFolder();
    const orchestrator = await OrchestratorProcess.start(folder);
    const settings = { orchestrator: { enabled: true, server_url: orchestrator.url }, ...more };
    const stands: Stand[] = [];
    for (let nth = 0; nth < 3; nth++) stands.push(await Stand.open({ workers: 1, settings }));
    for (const { node } of stands) await node.untilLine(/Successfully registered with orchestrator/);
    return new ThreeNodes(folder, orchestrator, stands);
  }

  async close(): Promise<void> {
    for (const stand of this.stands) await stand.close();
    await this.orchestrator.stop();
    removeFolder(this.#folder);
  }
}
