import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { until } from '../../tests/support/until.ts';
import type { CommandPage } from '../messages/fleet-command.ts';
import { OrchestratorStand } from '../orchestrator/testing/orchestrator-stand.ts';
import { type Run, runProgram } from './testing/run-program.ts';

describe('secbeat command', { timeout: 60_000 }, () => {
  let stand: OrchestratorStand;
  let node: string;
  before(async () => {
    stand = await OrchestratorStand.open();
    node = await stand.register();
  });
  after(() => stand.close());

  const secbeat = (...args: readonly string[]): Promise<Run> => runProgram([...args, '--server', stand.url]);

  /** Answers the next command in the name of the node. */
  async function answerNext(outcome: string, detail: string): Promise<void> {
    const { commands } = await until(
      'command',
      async () => (await stand.call<CommandPage>('/commands')).json,
      ({ commands: [newest] }) => newest?.finished === false,
    );
    const results = [{ id: commands[0]!.id, outcome, detail }];
    await stand.call(`/nodes/${node}/results`, { body: { results } });
  }

  it('tells nodes, and with --wait what became of it', async () => {
    const waiting = secbeat('command', 'reload', '--all', '--wait');
    await answerNext('failed', 'line 3: no such key \u001b[2J');
    const failed = await waiting;
    assert.equal(failed.code, 1);
    assert.equal(failed.output, `${node}  failed  line 3: no such key \\u{1b}[2J\n`);
    const draining = secbeat('command', 'drain', '--node', node, '--grace', '5', '--wait', '--json');
    await answerNext('done', '');
    const drained = await draining;
    assert.equal(drained.code, 0, drained.complaints);
    assert.equal(JSON.parse(drained.output).parameters.grace_seconds, 5);
    assert.equal((await stand.node(node)).status, 'Draining');
  });

  it('returns at once without it', async () => {
    const { code, output } = await secbeat('command', 'undrain', '--group', 'default');
    assert.equal(code, 0);
    assert.match(output, /^Command \S+ is on its way to 1 node\.\n$/);
  });

  it('needs one target that somebody meets', async () => {
    for (const flags of [[], ['--all', '--node', node]]) {
      const { code, complaints } = await secbeat('command', 'reload', ...flags);
      assert.equal(code, 2);
      assert.match(complaints, /name one of --all, --node/);
    }
    const { code, complaints } = await secbeat('command', 'reload', '--label', 'nobody');
    assert.equal(code, 2);
    assert.match(complaints, /No node of the fleet is meant by "label:nobody"/);
  });

  it('sends its token nowhere in clear', async () => {
    for (const server of ['http://192.0.2.1:3030', 'http://[2001:db8::1]:3030', 'http://fleet.example']) {
      const { code, complaints } = await runProgram(['command', 'reload', '--all', '--server', server]);
      assert.equal(code, 2);
      assert.match(complaints, /is not on this machine: write https:\/\//);
    }
  });

  it('sets the mode of some nodes or all', async () => {
    const strict = await secbeat('mode', 'under_attack', '--selector', 'region:eu');
    assert.deepEqual(
      [strict.code, strict.output],
      [0, 'region:eu  under_attack\n0 nodes normal, 1 under attack\n'],
    );
    const usual = await secbeat('mode', 'normal');
    assert.equal(usual.output, 'all  normal\n1 node normal, 0 under attack\n');
    assert.equal((await secbeat('mode', 'asleep')).code, 2);
  });
});
