/** People and programs that use the orchestrator's API, and what they were told. */
import type { Answer } from '../../src/mitigation/control/orchestrator-transport.ts';
import type { Chronicle } from './chronicle.ts';
import type { Dice } from './dice.ts';
import type { SimulatedTransport } from './transport.ts';

const TIMEOUT_MS = 10_000;

export class Operator {
  readonly #transport: SimulatedTransport;
  readonly #chronicle: Chronicle;
  readonly #dice: Dice;
  readonly #never = new AbortController().signal;
  #wishes = 0;

  constructor(transport: SimulatedTransport, chronicle: Chronicle, dice: Dice) {
    this.#transport = transport;
    this.#chronicle = chronicle;
    this.#dice = dice;
  }

  /** Bans for the whole fleet; resolves with whether that was acknowledged. */
  async ban(target: string, durationSeconds: number): Promise<boolean> {
    this.#wishes += 1;
    const reason = `wish ${this.#wishes}`;
    this.#chronicle.banned(target, durationSeconds);
    const body = { ip: target, reason, ttl_seconds: durationSeconds };
    const answer = await this.call('POST', '/rules/block_ip', body);
    return this.#acknowledge(answer, 'bans', ['"ban_set"', `"${target}"`, `"${reason}"`]);
  }

  async lift(target: string): Promise<boolean> {
    this.#chronicle.lifted.add(target);
    const answer = await this.call('DELETE', `/rules/blocked_ips/${encodeURIComponent(target)}`);
    return this.#acknowledge(answer, 'lifts', ['"ban_lifted"', `"${target}"`]);
  }

  async setMode(selector: string, mode: 'normal' | 'under_attack'): Promise<boolean> {
    const answer = await this.call('PUT', '/mode', { selector, mode });
    return this.#acknowledge(answer, 'modes', ['"mode_set"', `"${selector}"`, `"${mode}"`]);
  }

  /** Writes policy on top of what stands. */
  async writePolicy(scope: string, toml: string): Promise<boolean> {
    const path = `/policies/scopes/${encodeURIComponent(scope)}`;
    const read = await this.call('GET', path);
    if (read === null) return false;
    const { revision = 0 } = read.json as { readonly revision?: number };
    this.#wishes += 1;
    const note = `wish ${this.#wishes}`;
    const headers = { 'if-match': `"${read.status === 200 ? revision : 0}"` };
    const answer = await this.call('PUT', path, { toml, note }, headers);
    return this.#acknowledge(answer, 'policies', ['"policy_accepted"', `"${scope}"`, `"${note}"`]);
  }

  async command(
    command: string,
    selector: string,
    deadlineSeconds: number,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<boolean> {
    const body = { command, selector, deadline_seconds: deadlineSeconds, ...more };
    const answer = await this.call('POST', '/commands', body);
    const { id = '' } = (answer?.json ?? {}) as { readonly id?: string };
    return this.#acknowledge(answer, 'commands', ['"command_issued"', `"${id}"`]);
  }

  async orderRollout(order: 'pause' | 'resume' | 'rollback'): Promise<boolean> {
    const body = order === 'resume' ? undefined : { reason: 'an operator wants it' };
    return (await this.call('POST', `/policies/rollout/${order}`, body))?.status === 200;
  }

  /** Null where there was no answer. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer | null> {
    const content = body === undefined ? {} : { body };
    const bounds = { timeoutMs: TIMEOUT_MS, signal: this.#never };
    const call = { method, path: `/api/v1${path}`, headers, ...content, ...bounds };
    const answer = await this.#transport.request(call);
    return answer.ok ? answer.value : null;
  }

  /** Targets are few, so that decisions on one of them meet. */
  drawTarget(): string {
    const host = this.#dice.below(30);
    const kind = this.#dice.below(10);
    if (kind === 0) return `203.0.${host}.0/24`;
    return kind === 1 ? `2001:db8:0:${host + 16}::/64` : `198.51.100.${host}`;
  }

  /** Some are over soon, some outlast the simulation. */
  drawSeconds(): number {
    return this.#dice.chance(0.5) ? 5 + this.#dice.below(60) : 3600 + this.#dice.below(3600);
  }

  #acknowledge(answer: Answer | null, what: string, holds: readonly string[]): boolean {
    if (answer === null || answer.status < 200 || answer.status > 299) return false;
    const { command_id: seq } = answer.json as { readonly command_id?: string };
    this.#chronicle.acknowledged.push({ seq: seq === undefined ? null : Number(seq), holds });
    this.#chronicle.count(`acknowledged ${what}`);
    return true;
  }
}
