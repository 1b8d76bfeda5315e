import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as h2 from './frame-types.ts';
import { type Setting, settingsFrame } from './frame-writer.ts';
import { PeerSettings } from './peer-settings.ts';

function apply(settings: PeerSettings, values: readonly Setting[]): number {
  const frame = settingsFrame(values);
  return settings.apply(frame, h2.FRAME_HEADER_BYTES, frame.length);
}

describe('SETTINGS of the peer', () => {
  it('take effect in order, and unknown ones have none', () => {
    const settings = new PeerSettings();
    const values: Setting[] = [
      [h2.SETTINGS_INITIAL_WINDOW_SIZE, 1],
      [0xfffe, 0xffffffff],
      [h2.SETTINGS_INITIAL_WINDOW_SIZE, h2.WINDOW_MAX],
      [h2.SETTINGS_MAX_FRAME_SIZE, h2.FRAME_SIZE_MAX],
      [h2.SETTINGS_HEADER_TABLE_SIZE, 0],
    ];
    assert.equal(apply(settings, values), h2.NO_ERROR);
    assert.equal(settings.initialWindowSize, h2.WINDOW_MAX);
    assert.equal(settings.maxFrameSize, h2.FRAME_SIZE_MAX);
    assert.equal(settings.headerTableSize, 0);
  });

  for (const [title, values, code] of [
    ['a push that is neither on nor off', [[h2.SETTINGS_ENABLE_PUSH, 2]], h2.PROTOCOL_ERROR],
    ['a window too large', [[h2.SETTINGS_INITIAL_WINDOW_SIZE, 0x80000000]], h2.FLOW_CONTROL_ERROR],
    ['a frame size too small', [[h2.SETTINGS_MAX_FRAME_SIZE, 16_383]], h2.PROTOCOL_ERROR],
    ['a frame size too large', [[h2.SETTINGS_MAX_FRAME_SIZE, 16_777_216]], h2.PROTOCOL_ERROR],
    [
      'extended CONNECT taken back',
      [
        [h2.SETTINGS_ENABLE_CONNECT_PROTOCOL, 1],
        [h2.SETTINGS_ENABLE_CONNECT_PROTOCOL, 0],
      ],
      h2.PROTOCOL_ERROR,
    ],
  ] as const) {
    it(`refuse ${title}`, () => {
      assert.equal(apply(new PeerSettings(), values), code);
    });
  }

  it('refuse a length that is no multiple of six', () => {
    assert.equal(new PeerSettings().apply(Buffer.alloc(7), 0, 7), h2.FRAME_SIZE_ERROR);
  });
});
