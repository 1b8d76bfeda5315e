/**
 * Fuzzes the HTTP/1.1 codec for as long as SECBEAT_FUZZ_MINUTES says, by default one minute:
 *
 *   SECBEAT_FUZZ_MINUTES=60 node_modules/.bin/bun tests/fuzz/http1.fuzz.ts
 *
 * Checks what the property tests beside the codec check, at many times their speed. A failure prints the input and
 * the seed and index that repeat it: SECBEAT_FUZZ_SEED, SECBEAT_FUZZ_INDEX.
 */
import { BODY_CHUNKED } from '../../src/http/framing.ts';
import { checkChunked } from '../../src/http/testing/check-body.ts';
import { checkRequest } from '../../src/http/testing/check-request.ts';
import { checkResponse } from '../../src/http/testing/check-response.ts';
import { CHUNKED, FRAGMENTS, LINES, REQUESTS, RESPONSES } from '../../src/http/testing/messages.ts';
import { mutate } from '../../src/http/testing/mutation.ts';
import { octets, readBody, readRequest, readResponse } from '../../src/http/testing/read.ts';
import { drawCuts, drawMutations, pick } from './draw.ts';
import { type FuzzTarget, fuzz, type Random } from './loop.ts';
import { runFuzzer } from './program.ts';

const MUTATIONS_MAX = 8;
const CUTS_MAX = 6;
const CUTS_BELOW = 400;

const TARGETS: readonly FuzzTarget[] = [
  {
    name: 'request',
    draw: (random) => {
      const cuts = drawCuts(random, CUTS_MAX, CUTS_BELOW);
      return { text: drawMessage(random, REQUESTS), check: (text) => checkRequest(text, cuts) };
    },
    work: (text) => readRequest(text),
  },
  {
    name: 'response',
    draw: (random) => {
      const cuts = drawCuts(random, CUTS_MAX, CUTS_BELOW);
      const method = pick(random, ['GET', 'GET', 'HEAD', 'POST']);
      return { text: drawMessage(random, RESPONSES), check: (text) => checkResponse(text, method, cuts) };
    },
    work: (text) => readResponse(text),
  },
  {
    name: 'chunked body',
    draw: (random) => {
      const cuts = drawCuts(random, CUTS_MAX, CUTS_BELOW);
      return { text: drawMessage(random, CHUNKED), check: (text) => checkChunked(text, cuts) };
    },
    work: (text) => readBody([octets(text)], BODY_CHUNKED),
  },
];

function drawMessage(random: Random, seeds: readonly string[]): string {
  const drawText = (): string => (random(2) === 0 ? pick(random, FRAGMENTS) : pick(random, LINES));
  const mutations = drawMutations(random, MUTATIONS_MAX, drawText);
  return mutate(pick(random, seeds), mutations);
}

process.exitCode = await runFuzzer((options) => fuzz({ ...options, targets: TARGETS }));
