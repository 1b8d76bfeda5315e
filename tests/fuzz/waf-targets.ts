/** What the fuzzer of the firewall tries, see waf-checks.ts for what it asks. */
import { drawCuts, pick } from './draw.ts';
import type { FuzzTarget, Random } from './loop.ts';
import { checkAgreement, checkCuts, checkIsolation, checkLinear, checkSound } from './waf-checks.ts';
import { createDraw, drawPump } from './waf-draw.ts';
import { type AcceptedRequest, inspectAlone, receive } from './waf-exchange.ts';
import { get, post, suiteRequests, trafficRequests } from './waf-requests.ts';
import { createInspector, createProgram } from './waf-rule-sets.ts';

/** Of the regression suite and of labelled attacks, one in so many is started from. */
const SUITE_EVERY = 7;
const ATTACKS_EVERY = 50;
const CUTS_MAX = 6;
const CUT_AT_MAX = 2000;
/** Octets of the shorter of two texts whose costs are compared. */
const GROWTH_BYTES = 12_000;
/** Attempts to make a failing text smaller. */
const REQUEST_TRIES = 500;
const PUMP_TRIES = 10;

/** Compiles the rules; takes a second or two with the Core Rule Set. */
export function createTargets(): readonly FuzzTarget[] {
  const draw = createDraw([...suiteRequests(SUITE_EVERY), ...trafficRequests('malicious', ATTACKS_EVERY)]);
  const firewall = createInspector();
  const program = createProgram('usual');
  const builtin = createInspector('builtin');
  const withoutCache = createProgram('without-cache');
  const withoutScreen = createProgram('without-screen');
  return [
    {
      name: 'request',
      draw: (random) => ({
        text: draw(random),
        check: ifReceived((request) => {
          checkSound(inspectAlone(firewall, request));
          checkSound(inspectAlone(program, request));
          // What was remembered of earlier requests makes no difference.
          checkAgreement(program, withoutCache, request);
          checkAgreement(builtin, createInspector('builtin'), request);
        }),
      }),
      work: nothing,
    },
    {
      name: 'screen',
      draw: (random) => ({
        text: draw(random),
        check: ifReceived((request) => checkAgreement(program, withoutScreen, request)),
      }),
      work: nothing,
    },
    {
      name: 'overlapping requests',
      draw: (random) => {
        const other = receive(draw(random));
        return {
          text: draw(random),
          check: ifReceived((request) => {
            if (other !== null) checkIsolation(random(2) === 0 ? firewall : program, request, other);
          }),
        };
      },
      work: nothing,
    },
    {
      name: 'body in pieces',
      draw: (random) => {
        const cuts = drawCuts(random, CUTS_MAX, CUT_AT_MAX);
        return { text: draw(random), check: ifReceived((request) => checkCuts(request, cuts)) };
      },
      work: nothing,
    },
    {
      name: 'repeated text',
      draw: (random) => {
        const carry = drawCarrier(random);
        return {
          text: drawPump(random),
          check: patient(PUMP_TRIES, (pump) => {
            const short = receive(carry(repeated(pump, GROWTH_BYTES)));
            const long = receive(carry(repeated(pump, 4 * GROWTH_BYTES)));
            if (short === null || long === null) return;
            checkLinear(firewall, short, long);
            checkLinear(program, short, long);
          }),
        };
      },
      work: nothing,
    },
  ];
}

/** What long texts cost is the business of a target of its own. */
function nothing(): void {
  // See there.
}

function ifReceived(check: (request: AcceptedRequest) => void): (text: string) => void {
  return patient(REQUEST_TRIES, (text) => {
    const request = receive(text);
    if (request !== null) check(request);
  });
}

/** After a failure the text is made smaller; with these costs not for as long as it may take. */
function patient(tries: number, check: (text: string) => void): (text: string) => void {
  let left = Number.POSITIVE_INFINITY;
  return (text) => {
    left -= 1;
    if (left < 0) return;
    try {
      check(text);
    } catch (error) {
      left = Math.min(left, tries);
      throw error;
    }
  };
}

function repeated(pump: string, bytes: number): string {
  return pump === '' ? '' : pump.repeat(Math.ceil(bytes / pump.length)).slice(0, bytes);
}

/** Where a long text stands; in a form it is not escaped, so that it means what it says. */
function drawCarrier(random: Random): (text: string) => string {
  return pick<(text: string) => string>(random, [
    (text) => post('/', 'application/x-www-form-urlencoded', `q=${text}`),
    (text) => post('/', 'application/json', JSON.stringify({ q: text })),
    (text) => post('/', 'application/json', text),
    (text) => post('/', 'text/xml', `<a>${text}</a>`),
    (text) => post('/', 'text/plain', text),
    (text) => post('/', 'multipart/form-data; boundary=edge', `--edge\r\n${text}\r\n--edge--\r\n`),
    (text) =>
      post(
        '/',
        'multipart/form-data; boundary=edge',
        `--edge\r\nContent-Disposition: form-data; name="q"\r\n\r\n${text}\r\n--edge--\r\n`,
      ),
    (text) => get('/', `Cookie: a=${text.slice(0, text.length / 2).replace(/[\r\n\0]/g, ' ')}\r\n`),
  ]);
}
