/**
 * The screen in front of the rules may leave out work and nothing else: a program with it and one without it give the
 * same rulings, the same matches and the same messages, expanded from TX, for every request.
 */

import { viewOf } from '../accuracy/request.ts';
import type { LabelledRequest } from '../accuracy/traffic.ts';
import { createRandom } from '../fuzz/loop.ts';
import { createDraw } from '../fuzz/waf-draw.ts';
import {
  type AcceptedRequest,
  describe,
  type Firewall,
  inspectAlone,
  receive,
} from '../fuzz/waf-exchange.ts';

export interface IdentityReport {
  readonly compared: number;
  /** Rules that matched in all of them: so much was there to differ in. */
  readonly matches: number;
  /** Requests about which the programs differ, with what each says. */
  readonly differences: readonly Difference[];
}

export interface Difference {
  readonly request: string;
  readonly screened: string;
  readonly unscreened: string;
}

export function compare(
  requests: Iterable<AcceptedRequest>,
  screened: Firewall,
  unscreened: Firewall,
): IdentityReport {
  const differences: Difference[] = [];
  let compared = 0;
  let matches = 0;
  for (const request of requests) {
    const one = inspectAlone(screened, request);
    const [left, right] = [describe(one), describe(inspectAlone(unscreened, request))];
    compared += 1;
    matches += one.matches.length;
    if (left === right) continue;
    const { method, target } = request.view;
    differences.push({ request: `${method} ${target}`, screened: left, unscreened: right });
  }
  return { compared, matches, differences };
}

/** Rows of labelled traffic as requests. */
export function* fromTraffic(rows: readonly LabelledRequest[], every: number): Generator<AcceptedRequest> {
  for (let index = 0; index < rows.length; index += every) {
    const row = rows[index]!;
    yield { kind: 'accepted', view: viewOf(row), body: Buffer.from(row.body, 'latin1'), complete: true };
  }
}

/** Requests of the fuzzer and others, damaged as a seed determines. */
export function* fromFuzz(
  seed: number,
  count: number,
  others: readonly string[],
): Generator<AcceptedRequest> {
  const draw = createDraw(others);
  for (let index = 0; index < count; index += 1) {
    const request = receive(draw(createRandom(seed, index)));
    if (request !== null) yield request;
  }
}
