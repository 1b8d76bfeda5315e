import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { OrchestratorStand } from '../orchestrator/testing/orchestrator-stand.ts';
import { type Run, runProgram } from './testing/run-program.ts';

describe('secbeat policy', { timeout: 60_000 }, () => {
  let stand: OrchestratorStand;
  let folder: string;
  before(async () => {
    stand = await OrchestratorStand.open();
    folder = mkdtempSync(join(tmpdir(), 'secbeat-policy-'));
  });
  after(async () => {
    await stand.close();
    rmSync(folder, { recursive: true });
  });
  const policy = (...args: readonly string[]): Promise<Run> =>
    runProgram(['policy', ...args, '--server', stand.url], folder);
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return name;
  };

  it('applies a file and waits for its rollout, shows what stands, and brings it back', async () => {
    const file = write('good.toml', '[waf]\nmode = "monitor"\n');
    const diff = await policy('diff', file);
    assert.deepEqual([diff.code, diff.output], [0, '@@ -0,0 +1,2 @@\n+[waf]\n+mode = "monitor"\n']);
    const applied = await policy('apply', file, '--note', 'quieter', '--watch');
    assert.equal(applied.code, 0, applied.complaints);
    assert.match(applied.output, /^Revision 1 of fleet, based on nothing\.$/m);
    assert.match(applied.complaints, /^Revision 1 is complete: no node is in fleet/m);
    assert.equal((await policy('diff', file)).output, 'No difference.\n');
    const status = await policy('status');
    assert.match(status.output, /^fleet stands at revision 1\.$/m);
    assert.match(status.output, /^1 {2}\S+ {2}fleet {2}complete {2}\(local local\) {2}quieter$/m);
    assert.match(status.output, /^No node has joined the fleet\.$/m);
    assert.equal((await policy('show', '1')).output, '[waf]\nmode = "monitor"\n');
    assert.match((await policy('restore', '1')).output, /^Revision 2 of fleet, based on revision 1\.$/m);
  });

  it('says every fault of a file, and what else is refused', async () => {
    const faulty = await policy('apply', write('bad.toml', '[waf]\nmode = 1\nmood = 2\n'));
    assert.equal(faulty.code, 2);
    assert.match(faulty.complaints, /policy:2: waf\.mode: must be/);
    assert.match(faulty.complaints, /policy:3: waf\.mood: is not a known key/);
    const stale = await policy('apply', write('empty.toml', ''), '--based-on', '77');
    assert.match(stale.complaints, /^secbeat: the orchestrator refused: fleet stands at revision/);
    const missing = await policy('apply', 'nowhere.toml');
    assert.match(missing.complaints, /^secbeat: nowhere\.toml cannot be read/);
  });

  it('pauses, resumes and takes back what is under way', async () => {
    await stand.register({ config: { node_type: 'mitigation', group: 'web' } });
    const applied = await policy('apply', write('web.toml', ''), '--scope', 'group:web');
    assert.equal(applied.code, 0, applied.complaints);
    assert.match((await policy('pause', '--reason', 'lunch')).output, /paused: lunch\.$/m);
    assert.doesNotMatch((await policy('resume')).output, /paused/);
    assert.match((await policy('rollback')).output, /rolled back: rolled back by hand/);
    const none = await policy('rollback');
    assert.deepEqual(
      [none.code, none.complaints],
      [2, 'secbeat: the orchestrator refused: No rollout is under way.\n'],
    );
  });
});
