import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { FleetMode } from '../messages/entries/modes.ts';
import { FleetModes, MODE_DECISIONS_MAX } from './fleet-modes.ts';

const PLACE = { id: 'one', group: 'edge', region: 'eu', tags: ['new'] };

describe('modes folded from the ledger', () => {
  let modes: FleetModes;
  let seq: number;
  beforeEach(() => {
    modes = new FleetModes();
    seq = 0;
  });
  function set(selector: string, mode: FleetMode): void {
    seq += 1;
    modes.apply({ seq, body: { kind: 'mode_set', selector, mode } });
  }

  it('are normal until somebody says otherwise', () => {
    assert.equal(modes.modeOf(PLACE), 'normal');
  });

  it('go by the latest word that means the node, however broad it is', () => {
    set('group:edge', 'under_attack');
    set('region:us', 'normal');
    assert.equal(modes.modeOf(PLACE), 'under_attack');
    set('label:new', 'normal');
    assert.equal(modes.modeOf(PLACE), 'normal');
    set('group:edge', 'under_attack');
    assert.equal(modes.modeOf(PLACE), 'under_attack');
    set('all', 'normal');
    assert.equal(modes.modeOf(PLACE), 'normal');
    assert.equal(modes.all().length, 1);
  });

  it('have no room for ever more selectors, but always for all', () => {
    for (let nth = 0; nth < MODE_DECISIONS_MAX; nth++) {
      assert.ok(modes.hasRoomFor(`group:${nth}`));
      set(`group:${nth}`, 'under_attack');
    }
    assert.deepEqual(
      [modes.hasRoomFor('group:more'), modes.hasRoomFor('group:7'), modes.hasRoomFor('all')],
      [false, true, true],
    );
    set('group:more', 'under_attack');
    assert.equal(modes.all().length, MODE_DECISIONS_MAX);
  });

  it('come out of a snapshot as they went in', () => {
    set('group:edge', 'under_attack');
    const other = new FleetModes();
    other.replace(modes.all());
    assert.deepEqual(other.all(), modes.all());
  });
});
