/** The built-in rules let pass what people and applications send in fields that take such text. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { builtinOf, judgeBody, judgeHead } from '../../../src/waf/builtin/testing/judging.ts';
import { createDraw } from './draw.ts';
import { type Field, HONEST_KINDS, type HonestKind } from './values.ts';

const rules = builtinOf();
const VALUES = Number(process.env.SECBEAT_HONEST_VALUES ?? 300);
/** Random characters spell an attack now and then; whoever chooses such a password chooses another one. */
const NOISE_SHARE_MAX = 0.005;
const NOISE: ReadonlySet<string> = new Set(['noise', 'password']);

function judge(field: Field, value: string): readonly string[] {
  const judgement =
    field === 'query'
      ? judgeHead(rules, `/list?value=${encodeURIComponent(value)}`)
      : field === 'form'
        ? judgeBody(rules, `value=${encodeURIComponent(value)}`, 'application/x-www-form-urlencoded')
        : judgeBody(rules, Buffer.from(JSON.stringify({ value })).toString('latin1'), 'application/json');
  return judgement.score < 5 ? [] : judgement.matches.map(({ ruleId, score }) => `${ruleId} ${score}`);
}

function blockedOf(kind: HonestKind, seed: number): readonly string[] {
  const draw = createDraw(seed);
  const blocked: string[] = [];
  for (let index = 0; index < VALUES; index += 1) {
    const value = kind.make(draw);
    for (const field of kind.fields) {
      const found = judge(field, value);
      if (found.length > 0) blocked.push(`${field} ${JSON.stringify(value)}: ${found.join()}`);
    }
  }
  return blocked;
}

describe('honest values pass', () => {
  for (const [index, kind] of HONEST_KINDS.entries()) {
    it(`of the kind ${kind.name}`, () => {
      const blocked = blockedOf(kind, index + 1);
      const max = NOISE.has(kind.name) ? VALUES * kind.fields.length * NOISE_SHARE_MAX : 0;
      assert.ok(blocked.length <= max, `${blocked.length} blocked: ${blocked.slice(0, 3).join('\n')}`);
    });
  }
});
