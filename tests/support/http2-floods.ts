/**
 * Floods over HTTP/2 as octets: what an attacker sends on one connection, made once and sent on as many as he likes.
 *
 * All begin with a request whose body lasts (stream 1), so that there is something to flood about. A flood is a step
 * that is repeated; a mix draws its steps from several floods.
 */
import * as h2 from '../../src/http/http2/frame-types.ts';
import { settingsFrame } from '../../src/http/http2/frame-writer.ts';
import { PREFACE } from '../../src/http/http2/preface.ts';
import { type Fields, frameOf, headerFrames, literals, requestFields, uint32 } from './http2-client.ts';

/** What the steps of one connection share. */
export class FloodState {
  /** A request whose body has begun, and which lasts. */
  readonly open = 1;
  #next = 3;

  /** The identifier of the next stream. */
  next(): number {
    const id = this.#next;
    this.#next += 2;
    return id;
  }
}

/** The octets of the next few frames. */
export type FloodStep = (state: FloodState) => Buffer;

/** Path of all requests that floods make, so that an origin can tell them from others. */
export const FLOOD_PATH = '/flood';

const REQUEST = literals(requestFields(FLOOD_PATH));
const BODY_REQUEST = literals(requestFields(FLOOD_PATH, [], 'POST'));
const MALFORMED = literals(requestFields(FLOOD_PATH, [['Upper', '1']]));
const SHORT = literals(requestFields(FLOOD_PATH, [['content-length', '9']], 'POST'));
const PRIORITY = Buffer.concat([uint32(0), Buffer.from([15])]);
const X = Buffer.from('x');

const UPDATE_OF_NOTHING = uint32(0);
const UPDATE_OF_TOO_MUCH = uint32(h2.WINDOW_MAX);

/** A request, and behind it a frame about it. */
function provoked(block: Buffer, end: boolean, type: number, flags: number, payload: Buffer): FloodStep {
  return (state) => {
    const id = state.next();
    return Buffer.concat([headerFrames(id, block, end), frameOf(type, flags, id, payload)]);
  };
}

/** Floods of small frames, by name. */
export const FRAME_FLOODS: Readonly<Record<string, FloodStep>> = {
  'rapid-reset': provoked(REQUEST, true, h2.RST_STREAM, 0, uint32(h2.CANCEL)),
  'reset-by-zero-update': provoked(BODY_REQUEST, false, h2.WINDOW_UPDATE, 0, UPDATE_OF_NOTHING),
  'reset-by-large-update': provoked(BODY_REQUEST, false, h2.WINDOW_UPDATE, 0, UPDATE_OF_TOO_MUCH),
  'reset-by-late-data': provoked(REQUEST, true, h2.DATA, h2.FLAG_END_STREAM, X),
  'reset-by-short-body': provoked(SHORT, false, h2.DATA, h2.FLAG_END_STREAM, Buffer.alloc(0)),
  malformed: (state) => headerFrames(state.next(), MALFORMED),
  'refused-streams': (state) => headerFrames(state.next(), BODY_REQUEST, false),
  'empty-data': (state) => frameOf(h2.DATA, 0, state.open),
  'padding-data': (state) => frameOf(h2.DATA, h2.FLAG_PADDED, state.open, Buffer.from([2, 0, 0])),
  'tiny-data': (state) => frameOf(h2.DATA, 0, state.open, X),
  settings: () => frameOf(h2.SETTINGS, 0, 0),
  'settings-window': (state) =>
    settingsFrame([[h2.SETTINGS_INITIAL_WINDOW_SIZE, 1000 + (state.next() % 1000)]]),
  ping: () => frameOf(h2.PING, 0, 0, Buffer.alloc(8)),
  'ping-ack': () => frameOf(h2.PING, h2.FLAG_ACK, 0, Buffer.alloc(8)),
  priority: (state) => frameOf(h2.PRIORITY, 0, state.next(), PRIORITY),
  'window-update': () => frameOf(h2.WINDOW_UPDATE, 0, 0, uint32(1)),
  'window-update-stream': (state) => frameOf(h2.WINDOW_UPDATE, 0, state.open, uint32(1)),
  'unknown-frames': () => frameOf(0x42, 0, 0, Buffer.from('unknown')),
};

/** Floods of which each step is a cancelled request, whoever cancels it. */
export const RESET_FLOODS: readonly string[] = Object.keys(FRAME_FLOODS).filter(
  (name) => name === 'malformed' || /reset/.test(name),
);

/** What an HTTP/2 client sends first; the body of the request that lasts follows in its own time. */
export function beginning(settings: Parameters<typeof settingsFrame>[0] = []): Buffer {
  const request = headerFrames(1, literals(requestFields('/held', [], 'POST')), false);
  return Buffer.concat([PREFACE, settingsFrame(settings), request]);
}

/** The steps of a flood up to so many frames, each for itself. */
export function floodSteps(step: FloodStep, framesMax: number): readonly Buffer[] {
  const state = new FloodState();
  const steps: Buffer[] = [];
  for (let frames = 0; ; ) {
    const octets = step(state);
    frames += countFrames(octets);
    if (frames > framesMax) return steps;
    steps.push(octets);
  }
}

/** A flood that draws each step from several; `random` returns a number from 0 up to but not including `below`. */
export function mixedFlood(steps: readonly FloodStep[], random: (below: number) => number): FloodStep {
  return (state) => steps[random(steps.length)]!(state);
}

/** A field block without an end, in pieces of so many octets: CONTINUATION flood. */
export function continuationSteps(pieceBytes: number, count: number): readonly Buffer[] {
  const piece = frameOf(h2.CONTINUATION, 0, 3, Buffer.alloc(pieceBytes, 0x82));
  return [frameOf(h2.HEADERS, 0, 3, REQUEST), ...Array.from({ length: count }, () => piece)];
}

/**
 * Field blocks of references to one large entry (HPACK bomb): the entry is sent once, and each octet of a block
 * stands for all of it.
 */
export function bombSteps(count: number, referencesEach: number): readonly Buffer[] {
  return Array.from({ length: count }, (_, index) => {
    const head = index === 0 ? Buffer.concat([REQUEST, LARGE_ENTRY]) : REQUEST;
    return headerFrames(3 + 2 * index, Buffer.concat([head, Buffer.alloc(referencesEach, NEWEST_ENTRY)]));
  });
}

const NEWEST_ENTRY = 0xbe;
const LARGE_VALUE_BYTES = 4000;

/** `x-a`, added to the table, with a value of LARGE_VALUE_BYTES octets. */
const LARGE_ENTRY = indexed('x-a', LARGE_VALUE_BYTES);

/** A literal with incremental indexing (RFC 7541 section 6.2.1), its value all `a`. */
function indexed(name: string, valueBytes: number): Buffer {
  const rest = valueBytes - 127;
  const length = Buffer.from([0x7f, (rest & 127) | 128, rest >> 7]);
  return Buffer.concat([
    Buffer.from([0x40, name.length]),
    Buffer.from(name),
    length,
    Buffer.alloc(valueBytes, 97),
  ]);
}

/**
 * Requests that stay below every limit of fields, each with `crumbs` cookie fields that are one octet on the wire,
 * and whose answers are never taken: the memory behind them is what the attack is about.
 */
export function crumbSteps(
  path: string,
  count: number,
  crumbs: number,
  crumbBytes: number,
): readonly Buffer[] {
  const block = literals(requestFields(path));
  return Array.from({ length: count }, (_, index) => {
    const head = index === 0 ? Buffer.concat([block, indexed('cookie', crumbBytes)]) : block;
    const references = index === 0 ? crumbs - 1 : crumbs;
    return headerFrames(1 + 2 * index, Buffer.concat([head, Buffer.alloc(references, NEWEST_ENTRY)]));
  });
}

/** Plain requests from stream `first` on. */
export function requestSteps(path: string, count: number, fields: Fields = []): readonly Buffer[] {
  const block = literals(requestFields(path, fields));
  return Array.from({ length: count }, (_, index) => headerFrames(1 + 2 * index, block));
}

/** How many frames octets consist of. */
export function countFrames(octets: Buffer): number {
  let frames = 0;
  for (let at = 0; at < octets.length; at += h2.FRAME_HEADER_BYTES + octets.readUIntBE(at, 3)) frames++;
  return frames;
}
