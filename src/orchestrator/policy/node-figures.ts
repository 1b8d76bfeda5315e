/**
 * The traffic of each node as its heartbeats tell it, added up over restarts of its process, with the last minutes at hand.
 *
 * Kept in memory only: what a rollout is judged by begins anew with the orchestrator. Bounds: as many nodes as a fleet may
 * have, of which the one not heard for longest gives way, and SAMPLES_MAX samples of each.
 */
import type { NodeMetrics } from '../../messages/node-metrics.ts';
import { minus, NO_TRAFFIC, plus, type TrafficSum } from './traffic-sum.ts';

const SAMPLES_MAX = 24;
/** Heartbeats that follow each other faster are one sample, so that the samples reach back far enough. */
const SPACING_MS = 5000;

interface Counted {
  readonly total_requests: number;
  readonly blocks: number;
  readonly waf_blocks: number;
  readonly server_errors: number;
}

interface NodeLine {
  epoch: number | null;
  /** As the process counted at its last heartbeat. */
  counted: Counted;
  total: TrafficSum;
  /** The oldest in front. */
  samples: { readonly atMs: number; readonly total: TrafficSum }[];
}

/** Where a rollout looks figures up. */
export interface FigureSource {
  /** All that is known of a node; undefined for one that was not heard. */
  total(nodeId: string): TrafficSum | undefined;
  /** What came in the last minutes. */
  recent(nodeId: string): TrafficSum | undefined;
}

export class NodeFigures implements FigureSource {
  readonly #nodesMax: number;
  /** The node that was not heard for longest stands in front. */
  readonly #lines = new Map<string, NodeLine>();

  constructor(nodesMax: number) {
    this.#nodesMax = nodesMax;
  }

  /** Takes in one heartbeat; one that says nothing new changes nothing. */
  record(nodeId: string, epoch: number | null, metrics: NodeMetrics, nowMs: number): void {
    const counted = countedIn(metrics);
    const line = this.#lines.get(nodeId);
    if (line === undefined) {
      this.#makeRoom();
      const samples = [{ atMs: nowMs, total: NO_TRAFFIC }];
      this.#lines.set(nodeId, { epoch, counted, total: NO_TRAFFIC, samples });
      return;
    }
    const sameProcess = line.epoch === epoch && counted.total_requests >= line.counted.total_requests;
    line.total = plus(line.total, increase(counted, sameProcess ? line.counted : null, metrics));
    line.epoch = epoch;
    line.counted = counted;
    if (nowMs - (line.samples.at(-1)?.atMs ?? 0) >= SPACING_MS) {
      line.samples.push({ atMs: nowMs, total: line.total });
      if (line.samples.length > SAMPLES_MAX) line.samples.shift();
    }
    this.#lines.delete(nodeId);
    this.#lines.set(nodeId, line);
  }

  total(nodeId: string): TrafficSum | undefined {
    return this.#lines.get(nodeId)?.total;
  }

  recent(nodeId: string): TrafficSum | undefined {
    const line = this.#lines.get(nodeId);
    return line === undefined ? undefined : minus(line.total, line.samples[0]?.total ?? NO_TRAFFIC);
  }

  #makeRoom(): void {
    if (this.#lines.size < this.#nodesMax) return;
    const [oldest] = this.#lines.keys();
    if (oldest !== undefined) this.#lines.delete(oldest);
  }
}

function countedIn(metrics: NodeMetrics): Counted {
  const { total_requests, server_errors, ddos_blocks, waf_blocks } = metrics;
  return { total_requests, server_errors, waf_blocks, blocks: ddos_blocks + waf_blocks };
}

/** What came since the last heartbeat; a process that has just begun has counted from nothing. */
function increase(now: Counted, before: Counted | null, metrics: NodeMetrics): TrafficSum {
  const since = (key: keyof Counted): number => Math.max(0, now[key] - (before?.[key] ?? 0));
  const requests = since('total_requests');
  const timed = metrics.latency_ms > 0 ? requests : 0;
  return {
    requests,
    blocks: since('blocks'),
    firewallBlocks: since('waf_blocks'),
    errors: since('server_errors'),
    timed,
    medianMs: timed * metrics.latency_ms,
    tailMs: timed * metrics.latency_p99_ms,
  };
}
