/**
 * What became of tagged requests: each has a tag of its own, and its answer must have the same one in a field and in
 * the body. A wrong tag is the fault that the trial looks for: somebody else's answer.
 */
import type { Random } from '../../fuzz/loop.ts';

export interface TagCounts {
  readonly asked: number;
  readonly right: number;
  /** Answers with a tag of another request. */
  readonly mixedUp: number;
  /** 504 for requests that the origin was told to hold for too long. */
  readonly expired: number;
  /** Given up by the client. */
  readonly cancelled: number;
  /** Any other answer, by status. */
  readonly otherwise: Readonly<Record<string, number>>;
  /** Neither answered nor given up. */
  readonly lost: number;
  /** The first few of those that should not be. */
  readonly faults: readonly string[];
}

/** How requests are drawn. */
export interface TagPlan {
  /** Requests in all. */
  readonly requests: number;
  /** Begins every tag, so that those of several clients differ. */
  readonly prefix: string;
  readonly seed: number;
  /** One request in so many is given up by the client. */
  readonly cancelEvery: number;
  /** One request in so many is held by the origin beyond the limit of the node. */
  readonly expireEvery: number;
  /** For how long, in milliseconds. */
  readonly expireMs: number;
  /** Octets of the longest body that is sent. */
  readonly bodyBytesMax: number;
}

export interface TaggedRequest {
  readonly tag: string;
  readonly path: string;
  /** The body that is sent and has to come back; empty for a GET, whose answer is the tag. */
  readonly body: string;
  readonly cancel: boolean;
  readonly expires: boolean;
}

const FAULTS_KEPT = 5;
/** Half of the requests are answered at once, the others after a wait of up to this. */
const WAIT_MS_MAX = 20;

export class TagBook {
  readonly #plan: TagPlan;
  readonly #random: Random;
  #asked = 0;
  #right = 0;
  #mixedUp = 0;
  #expired = 0;
  #cancelled = 0;
  #lost = 0;
  readonly #otherwise: Record<string, number> = {};
  readonly #faults: string[] = [];

  constructor(plan: TagPlan, random: Random) {
    this.#plan = plan;
    this.#random = random;
  }

  /** The next request, or null where all have been drawn. */
  draw(): TaggedRequest | null {
    const { requests, prefix, cancelEvery, expireEvery, expireMs, bodyBytesMax } = this.#plan;
    if (this.#asked >= requests) return null;
    const random = this.#random;
    const tag = `${prefix}-${this.#asked++}`;
    const cancel = random(cancelEvery) === 0;
    const expires = random(expireEvery) === 0;
    const waitMs = expires ? expireMs : random(2) * random(WAIT_MS_MAX);
    const body = random(4) === 0 ? tag.padEnd(random(bodyBytesMax), '.') : '';
    return { tag, path: waitMs === 0 ? `/tag/${tag}` : `/tag/${tag}?wait=${waitMs}`, body, cancel, expires };
  }

  /** An answer came; `tag` is that of its field, or null. */
  answered(request: TaggedRequest, status: number, tag: string | null, body: string): void {
    if (status === 504 && request.expires && tag === null) {
      this.#expired++;
    } else if (status !== 200 && tag === null) {
      this.#otherwise[status] = (this.#otherwise[status] ?? 0) + 1;
    } else if (tag === request.tag && body === (request.body === '' ? request.tag : request.body)) {
      this.#right++;
    } else {
      this.#mixedUp++;
      this.#fault(`${request.tag} got ${status} with ${tag} and ${JSON.stringify(body.slice(0, 40))}`);
    }
  }

  cancelled(): void {
    this.#cancelled++;
  }

  /** No answer came, though nobody gave up. */
  lost(request: TaggedRequest, why: string): void {
    this.#lost++;
    this.#fault(`${request.tag} lost: ${why}`);
  }

  counts(): TagCounts {
    return {
      asked: this.#asked,
      right: this.#right,
      mixedUp: this.#mixedUp,
      expired: this.#expired,
      cancelled: this.#cancelled,
      otherwise: this.#otherwise,
      lost: this.#lost,
      faults: this.#faults,
    };
  }

  #fault(text: string): void {
    if (this.#faults.length < FAULTS_KEPT) this.#faults.push(text);
  }
}
