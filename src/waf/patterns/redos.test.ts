/**
 * No text makes a pattern of the CRS slow: texts of 128 KiB, common ones and for each pattern some made for it. Time
 * is that of the processor, the best of a few readings, because other work on the machine must not decide.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runs } from '../../../tests/support/fuzz.ts';
import { compilePattern } from './compile-pattern.ts';
import { LinearEngine } from './linear-engine.ts';
import { parsePattern } from './parse-pattern.ts';
import { buildProgram } from './program.ts';
import { crsMissing, crsPatterns } from './testing/crs-patterns.ts';
import { hostileText, seededNumbers } from './testing/hostile-text.ts';
import { likelyMatch } from './testing/likely-match.ts';

const LENGTH = 128 * 1024;
const MILLISECONDS_MAX = 50;
/** A reading below this needs no second one. */
const MILLISECONDS_FINE = 10;
const READINGS = 8;

const PUMPS = ['\n', ' ', '-', '()', 'a', '<', '/*', '\\'];
const PREFIXES = ['', "'"];
/** Of those made for a pattern. */
const TEXTS_EACH = Math.min(runs(1), 20);

class Worst {
  milliseconds = 0;
  what = 'nothing';

  note(milliseconds: number, what: string, source: string, text: string): void {
    if (milliseconds <= this.milliseconds) return;
    this.milliseconds = milliseconds;
    this.what = `${milliseconds.toFixed(1)} ms to ${what}: ${source.slice(0, 70)} on ${JSON.stringify(text.slice(0, 40))}`;
  }
}

describe('the patterns of the CRS', { skip: crsMissing }, () => {
  it('take less than 50 ms for any text of 128 KiB, whether it matches or not', (context) => {
    const random = seededNumbers(20_251);
    const pumped = PUMPS.flatMap((pump) => PREFIXES.map((prefix) => grown(prefix, pump)));
    const worst = new Worst();
    for (const source of crsPatterns()) {
      const pattern = compilePattern(source);
      const parsed = parsePattern(source);
      assert.ok(pattern.ok && parsed.ok);
      const { test, exec } = pattern.value;
      const program = buildProgram(parsed.value.root, -1);
      const linear = new LinearEngine(parsed.value);
      for (const text of pumped)
        worst.note(
          timeOf(() => test(text)),
          'test',
          source,
          text,
        );
      for (let made = 0; made < TEXTS_EACH; made += 1) {
        const text = hostileText(program, LENGTH, random, (piece) => linear.test(piece));
        worst.note(
          timeOf(() => test(text)),
          'test',
          source,
          text,
        );
        const hit = asBytes(text.slice(0, -256) + likelyMatch(parsed.value.root, random));
        worst.note(
          timeOf(() => exec(hit)),
          'find',
          source,
          hit,
        );
      }
    }
    context.diagnostic(`worst ${worst.what}`);
    assert.ok(worst.milliseconds < MILLISECONDS_MAX, worst.what);
  });
});

function timeOf(run: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let reading = 0; reading < READINGS && best > MILLISECONDS_FINE; reading += 1) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

function grown(prefix: string, pump: string): string {
  const text = prefix + pump.repeat(Math.ceil(LENGTH / pump.length));
  return asBytes(text.slice(0, LENGTH));
}

/** The same text in one piece. */
function asBytes(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
