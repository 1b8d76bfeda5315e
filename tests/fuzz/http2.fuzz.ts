/**
 * Fuzzes HPACK and the heads of HTTP/2, in both directions, and those of HTTP/3, for as long as the settings in program.ts say; see
 * http2-checks.ts for what is asked. The frames around them are the business of live.fuzz.ts.
 */
import { FRAGMENTS, LINES, REQUESTS, RESPONSES } from '../../src/http/testing/messages.ts';
import { mutate } from '../../src/http/testing/mutation.ts';
import { drawMutations, pick } from './draw.ts';
import {
  checkDecoder,
  checkRequestBlocks,
  checkResponseBlocks,
  checkToHttp2Client,
  checkToHttp2Origin,
  checkTrailerBlocks,
  type ReadingOptions,
  readRequestBlocks,
} from './http2-checks.ts';
import { drawBlocks, drawFields, drawPump, drawRequest, drawResponse, TABLE_BYTES } from './http2-draw.ts';
import { checkHttp3Request, writeFields } from './http3-checks.ts';
import { type FuzzTarget, fuzz, type Random } from './loop.ts';
import { runFuzzer } from './program.ts';

const MUTATIONS_MAX = 4;
/** Octets of the largest field block that a connection takes, and more. */
const PUMP_BYTES = 100_000;
const METHODS: readonly string[] = ['GET', 'GET', 'HEAD', 'POST'];
const ACCEPTS: readonly string[] = ['', '', '', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='];

const TARGETS: readonly FuzzTarget[] = [
  {
    name: 'decoder',
    draw: (random) => {
      const options = drawOptions(random);
      const drawHead = pick(random, [drawRequest, drawResponse, drawFields]);
      return { text: drawBlocks(random, drawHead), check: (text) => checkDecoder(text, options) };
    },
    work: readRequestBlocks,
  },
  {
    name: 'request of HTTP/2',
    draw: (random) => {
      const options = drawOptions(random);
      return { text: drawBlocks(random, drawRequest), check: (text) => checkRequestBlocks(text, options) };
    },
    work: readRequestBlocks,
  },
  {
    name: 'response of HTTP/2',
    draw: (random) => {
      const options = drawOptions(random);
      const method = pick(random, METHODS);
      const accept = pick(random, ACCEPTS);
      return {
        text: drawBlocks(random, drawResponse),
        check: (text) => checkResponseBlocks(text, method, accept, options),
      };
    },
    work: readRequestBlocks,
  },
  {
    name: 'trailers of HTTP/2',
    draw: (random) => ({ text: drawBlocks(random, drawFields), check: checkTrailerBlocks }),
    work: readRequestBlocks,
  },
  {
    name: 'request of HTTP/3',
    draw: (random) => {
      const ends = random(2) === 0;
      return { text: writeFields(drawRequest(random)), check: (text) => checkHttp3Request(text, ends) };
    },
    work: () => undefined,
  },
  {
    name: 'request of HTTP/1.1 to an origin of HTTP/2',
    draw: (random) => ({ text: drawMessage(random, REQUESTS), check: checkToHttp2Origin }),
    work: () => undefined,
  },
  {
    name: 'response of HTTP/1.1 to a client of HTTP/2',
    draw: (random) => {
      const method = pick(random, METHODS);
      return {
        text: drawMessage(random, RESPONSES),
        check: (text) => checkToHttp2Client(text, method),
      };
    },
    work: () => undefined,
  },
  {
    name: 'cost of a block',
    draw: (random) => ({
      text: random(20) === 0 ? drawPump(random, random(PUMP_BYTES)) : drawBlocks(random, drawRequest),
      check: () => undefined,
    }),
    work: readRequestBlocks,
  },
];

function drawOptions(random: Random): ReadingOptions {
  const ends = random(256);
  const limitAt = random(20);
  const limit = pick(random, [0, 100, TABLE_BYTES, 2 * TABLE_BYTES]);
  return {
    ends: (block) => ((ends >> (block & 7)) & 1) === 1,
    limit: (block) => (block === limitAt ? limit : null),
  };
}

function drawMessage(random: Random, seeds: readonly string[]): string {
  const drawText = (): string => (random(2) === 0 ? pick(random, FRAGMENTS) : pick(random, LINES));
  return mutate(pick(random, seeds), drawMutations(random, MUTATIONS_MAX, drawText));
}

process.exitCode = await runFuzzer((options) => fuzz({ ...options, targets: TARGETS }));
