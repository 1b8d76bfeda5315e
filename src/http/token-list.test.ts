import assert from 'node:assert/strict';
import { it } from 'node:test';
import { hasOption, trimOws } from './token-list.ts';

it('finds an option in a list without regard to case and to white space around it (RFC 9110 §5.6.1)', () => {
  for (const list of ['upgrade', 'Upgrade', 'close, UPGRADE', ' ,upgrade\t,', 'a,upgrade ,b']) {
    assert.equal(hasOption(list, 'upgrade'), true, list);
  }
});

it('does not take a part of an option for the option', () => {
  for (const list of [
    '',
    ',',
    'upgrades',
    'x-upgrade',
    'up grade',
    '"upgrade"',
    'upgrade;q=1',
    'upgrade\xa0',
  ]) {
    assert.equal(hasOption(list, 'upgrade'), false, list);
  }
});

it('trims SP and HTAB and nothing else that text has for white space (RFC 9110 §5.6.3)', () => {
  assert.equal(trimOws(' \t a \t b\t '), 'a \t b');
  for (const blank of ['\x0b', '\x0c', '\x85', '\xa0', '\r', '\n', '\ufeff', '\u2028']) {
    assert.equal(trimOws(`${blank}a${blank}`), `${blank}a${blank}`);
  }
  assert.equal(trimOws(' \t '), '');
  assert.equal(trimOws(''), '');
});
