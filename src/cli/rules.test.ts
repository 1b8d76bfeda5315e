import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { checkRules } from './rules.ts';

describe('secbeat rules check', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'secbeat-rules-'));
    mkdirSync(join(folder, 'rules'));
    writeFileSync(
      join(folder, 'crs-setup.conf'),
      'SecAction "id:900,phase:1,nolog,pass,setvar:tx.detection_paranoia_level=1"\n',
    );
    writeFileSync(
      join(folder, 'rules', 'a.conf'),
      `SecRule TX:DETECTION_PARANOIA_LEVEL "@lt 2" "id:11,phase:2,pass,nolog,skipAfter:END"
SecRule ARGS "@contains two" "id:12,phase:2,deny,msg:'Level two',tag:'paranoia-level/2'"
SecMarker END
SecRule ARGS "@contains one" "id:13,phase:2,deny,msg:'Always'"
`,
    );
    writeFileSync(join(folder, 'bad.conf'), 'SecRule ARGS "@nothing x" "id:1,phase:2,deny"\n');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('lists which rules would run, and times them', () => {
    const report = checkRules([folder], { list: true });
    assert.equal(report.exitCode, 0, report.complaints);
    assert.match(report.output, /^Loaded in \d+ ms, compiled in \d+ ms\.$/m);
    assert.match(report.output, /^4 rules\./m);
    assert.match(report.output, /^never +phase 2 .* 12 {2}Level two/m);
    assert.match(report.output, /^runs +phase 2 .* 13 {2}Always .*a\.conf:4\)$/m);
    assert.match(report.output, /^GET, 4 arguments, 2 cookies +\d+\.\d +\d+\.\d$/m);
  });

  it('takes another paranoia level than the setup file', () => {
    const report = checkRules([folder], { list: true, paranoia: '2' });
    assert.match(report.output, /^runs +phase 2 .* 12 {2}Level two/m);
    assert.equal(checkRules([folder], { paranoia: '5' }).exitCode, 1);
  });

  it('names file and line of what it does not understand', () => {
    const report = checkRules([join(folder, 'bad.conf')], {});
    assert.equal(report.exitCode, 1);
    assert.match(report.complaints, /bad\.conf:1: .*nothing/);
  });
});
