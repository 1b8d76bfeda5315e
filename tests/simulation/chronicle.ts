/**
 * What really happened, as nobody inside the simulation can know it: what callers were told, which heartbeats arrived,
 * who was banned for how long, and which clocks were stepped. The invariants are held against this.
 */
import type { Logger } from '../../src/core/logger.ts';
import type { Answer } from '../../src/mitigation/control/orchestrator-transport.ts';
import type { Schedule } from './schedule.ts';
import type { Trace } from './trace.ts';
import type { TappedCall, WireTap } from './wire-tap.ts';

/** A decision that somebody was told is made. */
export interface Acknowledged {
  /** Number of the entry that it has in the ledger; null where the answer does not name it. */
  readonly seq: number | null;
  /** What the entry has to hold, as a part of its JSON. */
  readonly holds: readonly string[];
}

/** Some policies are made to be refused by nodes, who do well to complain. */
const POLICY_REFUSED = 'Policy of the fleet refused, the one before stays';

interface Reported {
  readonly bans: readonly { readonly target: string }[];
}

interface Noted {
  readonly results: readonly { readonly id: string }[];
}

export class Chronicle implements WireTap {
  readonly #schedule: Schedule;
  readonly #trace: Trace;
  readonly violations: string[] = [];
  readonly acknowledged: Acknowledged[] = [];
  /** Targets of bans that nodes were told are decided. */
  readonly reported = new Set<string>();
  /** Results of commands that nodes were told are noted. */
  readonly results: { readonly id: string; readonly node: string }[] = [];
  /** Commands that were begun, each with the process. */
  readonly #begun = new Set<string>();
  /** By target, when the last ban on it has to be over at the latest. */
  readonly banEnds = new Map<string, number>();
  /** By node id, when its last heartbeat reached the running orchestrator. */
  readonly #heardMs = new Map<string, number>();
  readonly counts = new Map<string, number>();
  /** Whoever wants to write has reason to complain. */
  diskIsFull = false;
  /** By how much clocks were stepped, all together. */
  steppedMs = 0;
  /** Since when most of the fleet is cut off at once; null while it is not. */
  massSilenceSinceMs: number | null = null;

  constructor(schedule: Schedule, trace: Trace) {
    this.#schedule = schedule;
    this.#trace = trace;
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  violate(message: string): void {
    this.#trace.note('VIOLATION', message);
    if (this.violations.length < 20)
      this.violations.push(`${(this.#schedule.nowMs / 1000).toFixed(1)} s: ${message}`);
  }

  /** Somebody wants a target banned from now on. */
  banned(target: string, durationSeconds: number): void {
    const endMs = this.#schedule.nowMs + durationSeconds * 1000;
    this.banEnds.set(target, Math.max(this.banEnds.get(target) ?? 0, endMs));
  }

  /** Another process of the orchestrator has heard nobody yet. */
  restarted(): void {
    this.#heardMs.clear();
  }

  lastHeardMs(nodeId: string): number | undefined {
    return this.#heardMs.get(nodeId);
  }

  arrived(_caller: string, { path, body }: TappedCall): void {
    if (path !== '/api/v1/nodes/heartbeat') return;
    const { node_id: nodeId } = body as { readonly node_id: string };
    this.#heardMs.set(nodeId, this.#schedule.nowMs);
  }

  answered(_caller: string, { path, body }: TappedCall, answer: Answer | null): void {
    if (answer === null) return;
    this.count(`answers ${answer.status}`);
    if (answer.status === 500) this.violate(`${path} failed: ${JSON.stringify(answer.json)}`);
    if (answer.status !== 200) return;
    if (path.endsWith('/reports')) this.#reported(body as Reported);
    if (path.endsWith('/results')) this.#noted(path.split('/').at(-2) ?? '', body as Noted);
  }

  /** A process begins to carry out a command. */
  begins(process: string, commandId: string): void {
    const key = `${process} ${commandId}`;
    this.count('commands begun');
    if (this.#begun.has(key)) this.violate(`${process} does command ${commandId} twice`);
    this.#begun.add(key);
  }

  #reported({ bans }: Reported): void {
    for (const { target } of bans) this.reported.add(target);
  }

  #noted(node: string, { results }: Noted): void {
    for (const { id } of results) this.results.push({ id, node });
  }

  /** A log that goes into the trace; errors in it are violations, except those that a happening explains. */
  loggerOf(
    who: string,
    onLine: (message: string, fields: Readonly<Record<string, unknown>>) => void,
  ): Logger {
    const at =
      (level: string) =>
      (message: string, fields: Readonly<Record<string, unknown>> = {}) => {
        this.#trace.note(who, `${level}: ${message} ${JSON.stringify(fields)}`);
        if (level === 'error' && !this.diskIsFull && message !== POLICY_REFUSED)
          this.violate(`${who} logs an error: ${message} ${JSON.stringify(fields)}`);
        onLine(message, fields);
      };
    const [debug, info, warn, error] = [at('debug'), at('info'), at('warn'), at('error')];
    const logger: Logger = { debug, info, warn, error, child: () => logger };
    return logger;
  }
}
