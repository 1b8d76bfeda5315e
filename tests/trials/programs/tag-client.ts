/**
 * A client of tagged requests, a program.
 *
 *   start {protocol, connections, plan, target}
 *   counts   what became of the requests so far, and whether all of them are done
 *   stop     asks no more, waits for what is under way, and tells the counts
 */
import { createRandom } from '../../fuzz/loop.ts';
import { serveCommands } from '../helper-program.ts';
import { askOverHttp1 } from '../tags/http1-tags.ts';
import { askOverHttp2 } from '../tags/http2-tags.ts';
import { TagBook, type TagCounts, type TagPlan } from '../tags/tag-book.ts';
import type { TagTarget } from '../tags/tag-target.ts';

export interface TagOrder {
  readonly protocol: 'http1' | 'http2';
  readonly connections: number;
  readonly plan: TagPlan;
  readonly target: TagTarget;
}

export interface TagProgress extends TagCounts {
  readonly done: boolean;
}

class TagClient {
  readonly #ending = new AbortController();
  #book: TagBook | null = null;
  #running: Promise<unknown> = Promise.resolve();
  #done = false;

  start({ protocol, connections, plan, target }: TagOrder): void {
    const book = new TagBook(plan, createRandom(plan.seed, 0));
    this.#book = book;
    const ask = protocol === 'http1' ? askOverHttp1 : askOverHttp2;
    this.#running = Promise.all(
      Array.from({ length: connections }, (_, index) =>
        ask(target, book, createRandom(plan.seed, index + 1), this.#ending.signal),
      ),
    ).finally(() => {
      this.#done = true;
    });
  }

  counts(): TagProgress | null {
    return this.#book === null ? null : { ...this.#book.counts(), done: this.#done };
  }

  async stop(): Promise<TagProgress | null> {
    this.#ending.abort();
    await this.#running;
    return this.counts();
  }
}

const client = new TagClient();
serveCommands({
  start: (order: TagOrder) => client.start(order),
  counts: () => client.counts(),
  stop: () => client.stop(),
});
