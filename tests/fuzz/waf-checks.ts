/**
 * What must hold for every request that the firewall inspects, whatever is in it. Each check throws where it does not.
 */
import assert from 'node:assert/strict';
import type { RuleMatch } from '../../src/core/verdict.ts';
import { BodyReader } from '../../src/http/body-reader.ts';
import { BODY_LENGTH } from '../../src/http/framing.ts';
import type { BodyParser } from '../../src/waf/bodies/body-parser.ts';
import { FormDataParser } from '../../src/waf/bodies/form-data.ts';
import { JsonParser } from '../../src/waf/bodies/json.ts';
import type { BodyProcessor } from '../../src/waf/bodies/parsed-body.ts';
import { UrlencodedParser } from '../../src/waf/bodies/urlencoded.ts';
import { XmlParser } from '../../src/waf/bodies/xml.ts';
import {
  type AcceptedRequest,
  BODY_LIMITS,
  describe,
  type Firewall,
  inspectAlone,
  inspectInTurn,
  inspectNested,
  type Outcome,
} from './waf-exchange.ts';

/** Of one rule set; a request meets two. */
const MATCHES_MAX = 200 + 16;
const PART_CHARACTERS_MAX = 64;
const VALUE_CHARACTERS_MAX = 512;
/** The text about an operator quotes its argument, which may be long. */
const TEXT_CHARACTERS_MAX = 32_768;

/** Nothing failed inside, and what is told about the request is bounded and points into itself. */
export function checkSound(outcome: Outcome): void {
  assert.ok(outcome.matches.length <= MATCHES_MAX, `${outcome.matches.length} matches`);
  for (const match of outcome.matches) checkMatch(match);
}

function checkMatch(match: RuleMatch): void {
  const { ruleId, part, value, start, end, score, message, details } = match;
  assert.notEqual(ruleId, 'waf-fault');
  assert.notEqual(ruleId, 'waf-budget');
  assert.ok(part.length <= PART_CHARACTERS_MAX, `${ruleId}: a part of ${part.length} characters`);
  assert.ok(value.length <= VALUE_CHARACTERS_MAX, `${ruleId}: a value of ${value.length} characters`);
  const isWithin = Number.isInteger(start) && 0 <= start && start <= end && end <= value.length;
  assert.ok(isWithin, `${ruleId}: match ${start}-${end} of ${value.length}`);
  assert.ok(Number.isFinite(score) && score >= 0, `${ruleId}: score ${score}`);
  for (const text of [message, details?.message ?? '', details?.data ?? '', details?.match ?? '']) {
    assert.ok(text.length <= TEXT_CHARACTERS_MAX, `${ruleId}: a text of ${text.length} characters`);
  }
}

/** Two firewalls with the same rules say the same about a request, however they come to it. */
export function checkAgreement(one: Firewall, other: Firewall, request: AcceptedRequest): void {
  assert.equal(describe(inspectAlone(other, request)), describe(inspectAlone(one, request)));
}

/** What is said about a request does not hang on which others are inspected before, meanwhile or in turn with it. */
export function checkIsolation(firewall: Firewall, one: AcceptedRequest, other: AcceptedRequest): void {
  const alone = describe(inspectAlone(firewall, one));
  const otherAlone = describe(inspectAlone(firewall, other));
  for (const [first, second] of [inspectNested(firewall, one, other), inspectInTurn(firewall, one, other)]) {
    assert.equal(describe(first), alone, 'the first of two overlapping requests');
    assert.equal(describe(second), otherAlone, 'the second of two overlapping requests');
  }
  assert.equal(describe(inspectAlone(firewall, one)), alone, 'the same request again');
}

/** A body is the same body in whatever pieces it arrives. */
export function checkCuts({ view, body }: AcceptedRequest, cuts: readonly number[]): void {
  const places = [...new Set(cuts.filter((cut) => cut < body.length))].sort((a, b) => a - b);
  const pieces = [...places, body.length].map((end, index) => body.subarray(places[index - 1] ?? 0, end));
  const reader = new BodyReader();
  reader.start(BODY_LENGTH, body.length, true);
  const read: Buffer[] = [];
  for (const piece of pieces) {
    reader.next(piece, 0, piece.length);
    read.push(piece.subarray(reader.dataStart, reader.dataEnd));
  }
  assert.ok(Buffer.concat(read).equals(body), 'octets of a body in pieces');
  const type = view.header('content-type');
  for (const processor of ['URLENCODED', 'MULTIPART', 'JSON', 'XML'] as const) {
    const inPieces = pieces.map((piece) => piece.toString('latin1'));
    const whole = [body.toString('latin1')];
    assert.deepEqual(
      parse(processor, type, inPieces),
      parse(processor, type, whole),
      `${processor} in pieces`,
    );
  }
}

function parse(processor: BodyProcessor, contentType: string | null, pieces: readonly string[]): unknown {
  const parser = createParser(processor, contentType);
  for (const piece of pieces) parser.write(piece);
  return parser.end(true);
}

function createParser(processor: BodyProcessor, contentType: string | null): BodyParser {
  switch (processor) {
    case 'URLENCODED':
      return new UrlencodedParser('&', BODY_LIMITS.argumentsMax);
    case 'MULTIPART':
      return new FormDataParser(contentType, BODY_LIMITS);
    case 'JSON':
      return new JsonParser(BODY_LIMITS);
    case 'XML':
      return new XmlParser(BODY_LIMITS);
  }
}

/** Of processor time, below which growth says nothing: compilers and collectors at work. */
const COST_MS_FLOOR = 40;
/** Of the cost of four times the text; what is quadratic comes to sixteen. */
const GROWTH_MAX = 9;
const ATTEMPTS = 2;

/** Four times the text costs about four times the time. */
export function checkLinear(firewall: Firewall, short: AcceptedRequest, long: AcceptedRequest): void {
  const limit = () => Math.max(COST_MS_FLOOR, GROWTH_MAX * costOf(firewall, short, ATTEMPTS));
  const first = costOf(firewall, long, 1);
  if (first < COST_MS_FLOOR || first < limit()) return;
  const most = limit();
  const cost = costOf(firewall, long, ATTEMPTS);
  assert.ok(cost < most, `four times the text costs ${cost.toFixed(0)} ms, more than ${most.toFixed(0)} ms`);
}

/** Milliseconds of processor time, the best of a few attempts. */
function costOf(firewall: Firewall, request: AcceptedRequest, attempts: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const start = process.cpuUsage();
    inspectAlone(firewall, request);
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}
