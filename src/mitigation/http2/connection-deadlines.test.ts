import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as h2 from '../../http/http2/frame-types.ts';
import { ConnectionDeadlines, type OwedFrames } from './connection-deadlines.ts';

const HTTP = { headerTimeoutMs: 5000, idleTimeoutMs: 60_000 };
const BEGUN: OwedFrames = {
  settingsReceived: true,
  settingsAcknowledged: true,
  incomplete: false,
  completed: 1,
};

describe('deadlines of an HTTP/2 connection', () => {
  it('the preface is owed within the time for a head', () => {
    const deadlines = new ConnectionDeadlines(0, HTTP);
    const silent = { ...BEGUN, settingsReceived: false, settingsAcknowledged: false };
    assert.equal(deadlines.breach(silent, 4999), h2.NO_ERROR);
    assert.equal(deadlines.breach(silent, 5000), h2.PROTOCOL_ERROR);
    assert.equal(deadlines.breach(BEGUN, 5000), h2.NO_ERROR);
  });

  it('SETTINGS are to be acknowledged within ten seconds', () => {
    const deadlines = new ConnectionDeadlines(0, HTTP);
    const mute = { ...BEGUN, settingsAcknowledged: false };
    assert.equal(deadlines.breach(mute, 9999), h2.NO_ERROR);
    assert.equal(deadlines.breach(mute, 10_000), h2.SETTINGS_TIMEOUT);
  });

  it('a frame has to be whole in time, which octets of it do not prolong and its end does', () => {
    const deadlines = new ConnectionDeadlines(0, HTTP);
    const cut = { ...BEGUN, incomplete: true };
    deadlines.watchPart(cut, 1000, HTTP.headerTimeoutMs);
    deadlines.watchPart(cut, 5000, HTTP.headerTimeoutMs);
    assert.equal(deadlines.breach(cut, 6000), h2.ENHANCE_YOUR_CALM);
    deadlines.watchPart({ ...cut, completed: 2 }, 5900, HTTP.headerTimeoutMs);
    assert.equal(deadlines.breach(cut, 6000), h2.NO_ERROR);
    deadlines.watchPart(BEGUN, 6000, HTTP.headerTimeoutMs);
    assert.equal(deadlines.breach(BEGUN, 60_000), h2.NO_ERROR);
  });
});
