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

type ProcessKind = 'node' | 'orchestrator';

/** A process, by true time. */
interface Lifetime {
  readonly kind: ProcessKind;
  readonly beganMs: number;
  endedMs: number;
}

/** Some policies are made to be refused by nodes, who do well to complain. */
const POLICY_REFUSED = 'Policy of the fleet refused, the one before stays';
/** A node cannot lift by itself what the fleet bans. */
const COMMAND_FAILED = 'Command not carried out';
const BANNED_BY_FLEET = 'is banned by the fleet';

function isExplained(message: string, { reason }: Readonly<Record<string, unknown>>): boolean {
  if (message === POLICY_REFUSED) return true;
  return message === COMMAND_FAILED && String(reason).includes(BANNED_BY_FLEET);
}

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
  /** Bans by command on single nodes, by true time. */
  readonly bansHere: { readonly node: string; readonly target: string; readonly endMs: number }[] = [];
  /** Targets that anybody wanted to be free, at any time and on any node. */
  readonly lifted = new Set<string>();
  /** By node id, when its last heartbeat reached the running orchestrator. */
  readonly #heardMs = new Map<string, number>();
  readonly #lifetimes: Lifetime[] = [];
  /** When nodes admitted requests of the client whom they all count. */
  readonly admittedMs: number[] = [];
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

  /** A process begins; another one of the orchestrator has heard nobody yet. */
  starts(kind: ProcessKind, process: { onEnd(run: () => void): void }): void {
    if (kind === 'orchestrator') this.#heardMs.clear();
    const lifetime = { kind, beganMs: this.#schedule.nowMs, endedMs: Number.POSITIVE_INFINITY };
    this.#lifetimes.push(lifetime);
    process.onEnd(() => {
      lifetime.endedMs = this.#schedule.nowMs;
    });
  }

  /** How many processes there were at any moment between two. */
  processesBetween(kind: ProcessKind, fromMs: number, toMs: number): number {
    const there = (one: Lifetime): boolean => one.beganMs <= toMs && one.endedMs >= fromMs;
    return this.#lifetimes.filter((one) => one.kind === kind && there(one)).length;
  }

  /** The client whom all nodes count has asked one of them. */
  asked(admitted: boolean): void {
    this.count(admitted ? 'requests admitted' : 'requests refused');
    if (admitted) this.admittedMs.push(this.#schedule.nowMs);
  }

  /** A command has banned a target on one node, for so long from now on. */
  bannedHere(node: string, target: string, seconds: number): void {
    this.count('bans by command');
    this.bansHere.push({ node, target, endMs: this.#schedule.nowMs + seconds * 1000 });
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
        if (level === 'error' && !this.diskIsFull && !isExplained(message, fields))
          this.violate(`${who} logs an error: ${message} ${JSON.stringify(fields)}`);
        onLine(message, fields);
      };
    const [debug, info, warn, error] = [at('debug'), at('info'), at('warn'), at('error')];
    const logger: Logger = { debug, info, warn, error, child: () => logger };
    return logger;
  }
}
