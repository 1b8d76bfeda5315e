/** Holds the built-in rules to their rates on a sample of labelled traffic, where it is at hand. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSystemClock } from '../../src/core/clock.ts';
import { ALL_FAMILIES, createBuiltin } from '../../src/waf/builtin/builtin-rules.ts';
import { findShared, skipWithout } from '../support/shared-data.ts';
import { evaluate, type Outcome } from './evaluation.ts';
import { bodyOf, viewOf } from './request.ts';
import { halfOf, payloadFamily } from './split.ts';
import { type Label, type LabelledRequest, loadTraffic } from './traffic.ts';

const FOLDER = findShared('data/traffic') ?? '';
/** One request in so many is looked at. */
const SAMPLE = 8;
const RATE_MIN = 0.995;
const THRESHOLD = 5;

function sampleOf(label: Label): readonly LabelledRequest[] {
  return loadTraffic(FOLDER, label).filter((_, index) => index % SAMPLE === 0);
}

function judge(request: LabelledRequest): Outcome {
  const run = RULES.begin(viewOf(request));
  const head = run.inspectRequestHead();
  const blocked = head.kind !== 'pass' || run.inspectRequestBody(bodyOf(request)).kind !== 'pass';
  return { blocked, matches: run.matches };
}

const created = createBuiltin({
  families: ALL_FAMILIES,
  inspected: { url: true, headers: true, body: true },
  customPatterns: [],
  exceptions: [],
  threshold: THRESHOLD,
  budgetMs: 20,
  onOverrun: 'refuse',
  clock: createSystemClock(),
});
assert.ok(created.ok);
const RULES = created.value;

describe('built-in rules on labelled traffic', { skip: skipWithout('data/traffic') }, () => {
  it('block attacks', () => {
    const { total } = evaluate(sampleOf('malicious'), judge);
    assert.ok(total.blocked / total.all >= RATE_MIN, `${total.blocked} of ${total.all}`);
  });

  it('pass honest requests', () => {
    const { total } = evaluate(sampleOf('legitimate'), judge);
    assert.ok(1 - total.blocked / total.all >= RATE_MIN, `${total.blocked} of ${total.all} blocked`);
  });
});

describe('halves', () => {
  const attack = (target: string, body = ''): LabelledRequest => ({
    ...{ label: 'malicious', group: 'xss', method: 'GET', target, headers: [], body },
  });

  it('keep what is alike together', () => {
    const one = attack('/?a=%3Cscript%3Ealert(1)');
    const other = attack('/', 'a=<script>prompt(2)');
    assert.equal(payloadFamily(one), payloadFamily(other));
    assert.equal(halfOf(one), halfOf(other));
  });

  it('are about equally large', () => {
    const families = Array.from({ length: 2000 }, (_, index) =>
      attack(`/?a=${String.fromCharCode(97 + (index % 26))}${'x'.repeat(index)}`),
    );
    const second = families.filter((request) => halfOf(request) === 1).length;
    assert.ok(second > 850 && second < 1150, String(second));
  });
});
