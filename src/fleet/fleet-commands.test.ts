import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { CommandIssued, CommandOutcome } from '../messages/entries/commands.ts';
import type { EntryBody } from '../messages/ledger-entry.ts';
import { FleetCommands, OPEN_COMMANDS_MAX } from './fleet-commands.ts';

const NOW_MS = 1_000_000;
const [ONE, TWO] = ['one', 'two'];

describe('commands folded from the ledger', () => {
  let commands: FleetCommands;
  let seq: number;
  beforeEach(() => {
    commands = new FleetCommands();
    seq = 0;
  });

  function apply(body: EntryBody): void {
    seq += 1;
    commands.apply({ seq, at_ms: NOW_MS, by: { kind: 'local', id: 'local' }, body });
  }
  const issue = (id: string, change: Partial<CommandIssued> = {}): void =>
    apply({
      ...{ kind: 'command_issued', id, command: 'reload', selector: 'all', nodes: [ONE, TWO] },
      parameters: { reason: '', grace_seconds: null },
      deadline_ms: NOW_MS + 1000,
      ...change,
    });
  const answer = (id: string, node: string, outcome: CommandOutcome = 'done', detail = ''): void =>
    apply({ kind: 'command_result', id, node, outcome, detail });
  const openFor = (node: string, atMs: number = NOW_MS): readonly string[] =>
    commands.openFor(node, atMs).map(({ id }) => id);

  it('are open for each node until it answers or the deadline is over', () => {
    issue('a');
    issue('b', { nodes: [TWO] });
    assert.deepEqual([openFor(ONE), openFor(TWO)], [['a'], ['a', 'b']]);
    answer('a', TWO);
    assert.deepEqual([openFor(ONE), openFor(TWO)], [['a'], ['b']]);
    assert.deepEqual(openFor(ONE, NOW_MS + 1000), []);
  });

  it('keep the first word of each node that was asked', () => {
    issue('a', { nodes: [ONE] });
    answer('a', ONE, 'failed', 'no');
    answer('a', ONE);
    answer('a', TWO);
    answer('unheard-of', ONE);
    assert.deepEqual(commands.get('a')?.results, [{ node: ONE, outcome: 'failed', detail: 'no' }]);
    assert.deepEqual([commands.awaits('a', ONE), commands.waitingFor('a'), commands.open], [false, 0, 0]);
  });

  it('are known once, whatever is said of them later', () => {
    issue('a');
    answer('a', ONE);
    issue('a', { nodes: [ONE] });
    assert.equal(commands.get('a')?.nodes.length, 2);
    assert.equal(commands.all().length, 1);
  });

  it('are overdue on nodes that have not answered by the deadline', () => {
    issue('a');
    answer('a', ONE);
    assert.deepEqual(commands.overdue(NOW_MS + 1000, 10), []);
    const late = commands.overdue(NOW_MS + 1001, 10);
    assert.deepEqual(
      late.map(({ command, node }) => [command.id, node]),
      [['a', TWO]],
    );
    issue('b');
    assert.equal(commands.overdue(NOW_MS + 2000, 2).length, 2);
  });

  it('tell whom the last word on draining wants drained', () => {
    issue('a', { command: 'drain' });
    issue('b', { command: 'undrain', nodes: [TWO] });
    issue('c', { command: 'terminate', nodes: [ONE] });
    assert.deepEqual(
      [...commands.drainWishes()],
      [
        [ONE, true],
        [TWO, false],
      ],
    );
    assert.deepEqual(
      [...commands.waiting('undrain', 'terminate')].map(({ command, node }) => `${command.id} ${node}`),
      ['b two', 'c one'],
    );
  });

  it('come out of a snapshot as they went in', () => {
    issue('a');
    answer('a', TWO, 'refused');
    const other = new FleetCommands();
    other.replace(commands.all());
    assert.deepEqual(other.all(), commands.all());
    assert.deepEqual([other.awaits('a', ONE), other.awaits('a', TWO)], [true, false]);
  });

  it('are forgotten, the oldest first, where there are too many or they have too much to tell', () => {
    for (let nth = 0; nth < 1200; nth++) issue(String(nth));
    assert.equal(commands.all().length, 1000);
    assert.equal(commands.get('199'), undefined);
    assert.equal(openFor(ONE).length, OPEN_COMMANDS_MAX);
    const nodes = Array.from({ length: 500 }, (_, nth) => `node ${nth}`);
    for (let nth = 0; nth < 6; nth++) {
      issue(`full ${nth}`, { nodes });
      for (const node of nodes) answer(`full ${nth}`, node, 'done', 'x'.repeat(16 * 1024));
    }
    const ids = commands.all().map(({ id }) => id);
    assert.ok(ids.length < 6 && ids.at(-1) === 'full 5', ids.join());
  });
});
