import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { markText } from '../marks.ts';
import { SCANNER_NAMES } from '../scanner-names.ts';
import { scannerAgents } from './scanner-agents.ts';

function matches(agent: string): boolean {
  const marks = markText(agent);
  return scannerAgents.mayMatch(marks, 'header') && scannerAgents.find(agent, 'header', marks) !== null;
}

describe('scannerAgents', () => {
  for (const { name } of SCANNER_NAMES) {
    it(`matches ${name} in either case`, () => {
      assert.ok(matches(`Mozilla/5.0 (compatible; ${name}/1.0)`));
      assert.ok(matches(name.toUpperCase()));
    });
  }

  const honest = [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
    ...[
      'curl/8.5.0',
      'Wget/1.21',
      'python-requests/2.31',
      'Googlebot/2.1',
      'Vegan/1.0',
      'Ndirbling',
      'nucleic/2',
      '',
    ],
  ];
  for (const agent of honest) {
    it(`leaves ${JSON.stringify(agent)}`, () => assert.equal(matches(agent), false));
  }
});
