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
import { MUTATIONS, type Mutation, mutate } from '../../src/http/testing/mutation.ts';
import { octets, readBody, readRequest, readResponse } from '../../src/http/testing/read.ts';
import { type FuzzTarget, fuzz, type Random } from './loop.ts';

const MUTATIONS_MAX = 8;
const CUTS_MAX = 6;
const REPORT_EVERY_MS = 10_000;

const TARGETS: readonly FuzzTarget[] = [
  {
    name: 'request',
    draw: (random) => {
      const cuts = drawCuts(random);
      return { text: drawMessage(random, REQUESTS), check: (text) => checkRequest(text, cuts) };
    },
    work: (text) => readRequest(text),
  },
  {
    name: 'response',
    draw: (random) => {
      const cuts = drawCuts(random);
      const method = pick(random, ['GET', 'GET', 'HEAD', 'POST']);
      return { text: drawMessage(random, RESPONSES), check: (text) => checkResponse(text, method, cuts) };
    },
    work: (text) => readResponse(text),
  },
  {
    name: 'chunked body',
    draw: (random) => {
      const cuts = drawCuts(random);
      return { text: drawMessage(random, CHUNKED), check: (text) => checkChunked(text, cuts) };
    },
    work: (text) => readBody([octets(text)], BODY_CHUNKED),
  },
];

function pick<T>(random: Random, from: readonly T[]): T {
  return from[random(from.length)]!;
}

function drawMessage(random: Random, seeds: readonly string[]): string {
  const mutations: Mutation[] = [];
  for (let count = random(MUTATIONS_MAX); count > 0; count--) {
    const text = random(2) === 0 ? pick(random, FRAGMENTS) : pick(random, LINES);
    mutations.push({ kind: random(MUTATIONS.length), at: random(1e6) / 1e6, to: random(1e6) / 1e6, text });
  }
  return mutate(pick(random, seeds), mutations);
}

function drawCuts(random: Random): number[] {
  return Array.from({ length: random(CUTS_MAX) }, () => random(400));
}

function main(): number {
  const { env } = process;
  const minutes = Number(env.SECBEAT_FUZZ_MINUTES ?? 1);
  const seed = Number(env.SECBEAT_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const firstIndex = Number(env.SECBEAT_FUZZ_INDEX ?? 0);
  if (!(minutes > 0) || !Number.isInteger(seed) || !Number.isInteger(firstIndex)) {
    console.error(
      'SECBEAT_FUZZ_MINUTES is a number above 0; SECBEAT_FUZZ_SEED and SECBEAT_FUZZ_INDEX are integers',
    );
    return 2;
  }
  console.log(`seed ${seed}`);
  const startMs = performance.now();
  let reportMs = startMs + REPORT_EVERY_MS;
  let inputs = 0;
  const goOn = (count: number): boolean => {
    inputs = count;
    const nowMs = performance.now();
    if (nowMs > reportMs)
      console.log(`${count} inputs, ${Math.round(count / ((nowMs - startMs) / 1000))} a second`);
    if (nowMs > reportMs) reportMs = nowMs + REPORT_EVERY_MS;
    return nowMs - startMs < minutes * 60_000;
  };
  const failure = fuzz({ seed, firstIndex, targets: TARGETS, goOn });
  if (failure === null) {
    console.log(`no failure in ${inputs} inputs`);
    return 0;
  }
  console.log(`${failure.target} fails: ${failure.message}`);
  console.log(`input: ${JSON.stringify(failure.text)}`);
  console.log(`repeat with SECBEAT_FUZZ_SEED=${seed} SECBEAT_FUZZ_INDEX=${failure.index}`);
  return 1;
}

process.exitCode = main();
