/** One simulated node: registers, follows its channel with the code of real nodes, and sends heartbeats. */
import { ChannelFollower } from '../../src/fleet/channel-follower.ts';
import { SharedBans } from '../../src/fleet/shared-bans.ts';
import { channelLine } from '../../src/messages/channel-line.ts';
import { followLines, type Place, PlainCaller } from './plain-call.ts';

const METRICS = {
  ...{ cpu_usage: 12.5, memory_usage: 40, packets_per_second: 1000, active_connections: 100 },
  ...{ total_requests: 1_000_000, ddos_blocks: 10, waf_blocks: 1, server_errors: 2 },
  ...{ requests_per_second: 250, latency_ms: 2, latency_p99_ms: 20 },
};

export class SwarmNode {
  readonly id: string;
  /** Bans in force here. */
  readonly bans: SharedBans = new SharedBans();
  readonly #caller: PlainCaller;
  readonly #follower = new ChannelFollower({ ledgerId: '', seq: 0 });
  readonly #channel: { close(): void; bytes(): number };
  readonly #onBan: (target: string) => void;
  readonly #onCaughtUp: () => void;
  #sequence = 0;

  private constructor(id: string, place: Place, caller: PlainCaller, on: SwarmEvents) {
    this.id = id;
    this.#caller = caller;
    this.#onBan = on.ban;
    this.#onCaughtUp = on.caughtUp;
    this.#follower.opened();
    this.#channel = followLines(place, `/api/v1/nodes/${id}/channel?ledger=&after=0`, (line) =>
      this.#take(line),
    );
  }

  /** Registers, again and again while the orchestrator asks for patience. */
  static async join(place: Place, on: SwarmEvents): Promise<SwarmNode> {
    const caller = new PlainCaller(place);
    for (;;) {
      const body = { public_ip: '192.0.2.1', config: { node_type: 'mitigation', region: null, tags: [] } };
      const answer = await caller.call('POST', '/api/v1/nodes/register', body);
      if (answer.status === 200) {
        const { node_id: id } = JSON.parse(answer.body) as { readonly node_id: string };
        return new SwarmNode(id, place, caller, on);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** One heartbeat; false where it was not taken. */
  async beat(): Promise<boolean> {
    this.#sequence += 1;
    const body = { node_id: this.id, status: 'Active', metrics: METRICS, epoch: 1, sequence: this.#sequence };
    return (await this.#caller.call('POST', '/api/v1/nodes/heartbeat', body)).status === 200;
  }

  /** Octets that the channel has brought. */
  get received(): number {
    return this.#channel.bytes();
  }

  close(): void {
    this.#channel.close();
    this.#caller.close();
  }

  #take(text: string): void {
    const line = channelLine.safeParse(JSON.parse(text));
    if (!line.success) return;
    const step = this.#follower.take(line.data);
    if (step.kind === 'bans') {
      this.bans.replace(step.bans);
      this.#onCaughtUp();
    } else if (step.kind === 'entry' && step.line.order?.kind === 'ban_set') {
      this.bans.apply({ at_ms: step.line.at_ms, body: step.line.order });
      this.#onBan(step.line.order.target);
    }
  }
}

export interface SwarmEvents {
  /** A ban is in force on this node. */
  readonly ban: (target: string) => void;
  /** A snapshot is in force. */
  readonly caughtUp: () => void;
}
