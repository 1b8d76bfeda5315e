/**
 * A client that has nothing to do with an attack or a fault, a program: it asks at a steady rate over kept and fresh
 * TLS connections from an address of its own, and tells how that went.
 *
 *   start {port, from, perSecond, freshEvery, mustConnect, underWayMax, waitingMax}
 *   mark   the report since the last mark
 *   stop   waits for what is under way; the report since the last mark
 */
import { percentile } from '../../../bench/load/statistics.ts';
import { SteadyClient } from '../../support/steady-client.ts';
import { Wire } from '../../support/wire.ts';
import { serveCommands } from '../helper-program.ts';

export interface BystanderOptions {
  readonly port: number;
  readonly from: string;
  readonly perSecond: number;
  /** Every so many requests one goes over a new connection. */
  readonly freshEvery: number;
  readonly mustConnect?: boolean;
  /** Requests under way at once. */
  readonly underWayMax?: number;
  /** Requests that may wait for their turn; further ones are lost. */
  readonly waitingMax?: number;
}

export interface BystanderReport {
  readonly sent: number;
  readonly answered: number;
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Requests without an answer, and connections that were not to be had where they had to be. */
  readonly lost: number;
  /** Connections that were not to be had, where they need not be. */
  readonly refused: number;
  /** What was lost, each kind of it once, with its number. */
  readonly faults: readonly string[];
  /** Time to the answer over kept connections since it was due; null where there was none. */
  readonly keptP50Ms: number | null;
  readonly keptP99Ms: number | null;
  /** The same over fresh ones, with connecting and handshake. */
  readonly freshP99Ms: number | null;
  readonly slowestMs: number | null;
}

const FAULTS_SHOWN = 5;
const NOT_STARTED = { sent: 0, refused: 0, faults: [] as readonly string[] };

class Bystander {
  #client: SteadyClient | null = null;
  #kept: number[] = [];
  #fresh: number[] = [];
  #statuses: Record<string, number> = {};
  #sentBefore = 0;
  #lostBefore = 0;
  #refusedBefore = 0;

  start({ port, from, ...pace }: BystanderOptions): void {
    this.#client = new SteadyClient({
      ...pace,
      connect: () => Wire.tls({ host: '127.0.0.1', port, from }),
      accept: () => true,
      onAnswer: ({ status }, milliseconds, fresh) => {
        (fresh ? this.#fresh : this.#kept).push(milliseconds);
        this.#statuses[status] = (this.#statuses[status] ?? 0) + 1;
      },
    });
  }

  mark(): BystanderReport {
    const { sent, faults, refused } = this.#client ?? NOT_STARTED;
    const all = [...this.#kept, ...this.#fresh];
    const report: BystanderReport = {
      sent: sent - this.#sentBefore,
      answered: all.length,
      statuses: this.#statuses,
      lost: faults.length - this.#lostBefore,
      refused: refused - this.#refusedBefore,
      faults: summarize(faults.slice(this.#lostBefore)),
      keptP50Ms: percentileOrNull(this.#kept, 50),
      keptP99Ms: percentileOrNull(this.#kept, 99),
      freshP99Ms: percentileOrNull(this.#fresh, 99),
      slowestMs: percentileOrNull(all, 100),
    };
    this.#kept = [];
    this.#fresh = [];
    this.#statuses = {};
    this.#sentBefore = sent;
    this.#lostBefore = faults.length;
    this.#refusedBefore = refused;
    return report;
  }

  async stop(): Promise<BystanderReport> {
    await this.#client?.stop();
    return this.mark();
  }
}

/** The most frequent first. */
function summarize(faults: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const fault of faults) counts.set(fault, (counts.get(fault) ?? 0) + 1);
  const sorted = [...counts].toSorted(([, a], [, b]) => b - a);
  return sorted.slice(0, FAULTS_SHOWN).map(([fault, count]) => `${count} x ${JSON.stringify(fault)}`);
}

function percentileOrNull(values: readonly number[], percent: number): number | null {
  return values.length === 0 ? null : percentile(values, percent);
}

const bystander = new Bystander();
serveCommands({
  start: (options: BystanderOptions) => bystander.start(options),
  mark: () => bystander.mark(),
  stop: () => bystander.stop(),
});
