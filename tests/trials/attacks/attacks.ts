/**
 * The attacks, by name. Floods over HTTP/2 come first: each as the volley that a connection sends at once, and as steps
 * that are counted until the node closes.
 */
import { randomFillSync } from 'node:crypto';
import * as h2 from '../../../src/http/http2/frame-types.ts';
import { settingsFrame } from '../../../src/http/http2/frame-writer.ts';
import { PREFACE } from '../../../src/http/http2/preface.ts';
import { createRandom } from '../../fuzz/loop.ts';
import {
  beginning,
  bombSteps,
  continuationSteps,
  countFrames,
  crumbSteps,
  FLOOD_PATH,
  FRAME_FLOODS,
  floodSteps,
  mixedFlood,
  RESET_FLOODS,
  requestSteps,
} from '../../support/http2-floods.ts';
import { requestText } from '../../support/messages.ts';
import type { Assault, Attack, CountedFlood } from './attack.ts';
import { recordClientHello } from './client-hello.ts';

const FRAMES_GOAL = 1000;
const RESETS_GOAL = 250;
const CONTINUATIONS_GOAL = 50;
/** A volley goes on beyond its goal by so much, so that a node that is late is seen. */
const BEYOND = 1.2;
/** Streams that a node allows at once where it says nothing else; what is cancelled within them may reach the origin. */
const STREAMS_MAX = 128;

/** More than an attack gets to within its time, so that bans do not end it: the worst of all cases. */
const MANY_ADDRESSES = 60_000;
const CONNECTIONS = 64;
const FLOOD_LIFE_MS = 5000;
/** Longer than the node's own patience with what stands still. */
const HOLD_LIFE_MS = 60_000;
const MIXES = 16;
const SEED = 1;
const CRUMBS = 80;
const CRUMB_BYTES = 300;

const FLOOD: Omit<Assault, 'volleys'> = {
  secure: 'h2',
  manner: 'wait',
  reads: true,
  connections: CONNECTIONS,
  addresses: MANY_ADDRESSES,
  lifeMs: FLOOD_LIFE_MS,
};
const BARE: Omit<Assault, 'volleys'> = { ...FLOOD, secure: null };
const HOLD: Omit<Assault, 'volleys'> = { ...FLOOD, lifeMs: HOLD_LIFE_MS };

/** A flood whose steps are counted, and sent as one volley. */
function counted(
  name: string,
  what: string,
  flood: () => CountedFlood,
  requestsEachMax = STREAMS_MAX,
): Attack {
  return {
    name,
    what,
    requestsEachMax,
    counted: flood,
    assault: () => {
      const { beginning: first, steps } = flood();
      return { ...FLOOD, volleys: [Buffer.concat([first, ...steps])] };
    },
  };
}

function frameFlood(name: string): Attack {
  const step = FRAME_FLOODS[name]!;
  const [unit, goal] = RESET_FLOODS.includes(name)
    ? (['resets', RESETS_GOAL] as const)
    : (['frames', FRAMES_GOAL] as const);
  return counted(name, 'volleys of them over HTTP/2', () => {
    const all = floodSteps(step, 2 * BEYOND * goal);
    return { beginning: beginning(), steps: all.slice(0, BEYOND * goal), unit, goal };
  });
}

const FRAME_ATTACKS = Object.keys(FRAME_FLOODS).map(frameFlood);

const BLOCK_ATTACKS: readonly Attack[] = [
  counted('continuation', 'a field block without an end, in full frames', () => ({
    beginning: beginning(),
    steps: continuationSteps(h2.DEFAULT_FRAME_SIZE, BEYOND * CONTINUATIONS_GOAL),
    unit: 'CONTINUATIONs',
    goal: CONTINUATIONS_GOAL,
  })),
  counted('empty-continuation', 'a field block without an end, in empty frames', () => ({
    beginning: beginning(),
    steps: continuationSteps(0, BEYOND * CONTINUATIONS_GOAL),
    unit: 'CONTINUATIONs',
    goal: CONTINUATIONS_GOAL,
  })),
  counted(
    'hpack-bomb',
    'field blocks that refer 1000 times to one large entry',
    () => ({
      beginning: beginning(),
      steps: bombSteps(BEYOND * RESETS_GOAL, 1000),
      unit: 'resets',
      goal: RESETS_GOAL,
    }),
    0,
  ),
  {
    name: 'mixes',
    what: 'random mixes of all floods of frames',
    requestsEachMax: STREAMS_MAX,
    counted: () => ({ beginning: beginning(), steps: mixedSteps(0), unit: 'frames', goal: FRAMES_GOAL }),
    assault: () => ({
      ...FLOOD,
      volleys: Array.from({ length: MIXES }, (_, mix) => Buffer.concat([beginning(), ...mixedSteps(mix)])),
    }),
  },
];

/** Of two to six floods; a number determines which, and in what order. */
function mixedSteps(mix: number): readonly Buffer[] {
  const random = createRandom(SEED, mix);
  const all = Object.values(FRAME_FLOODS);
  const chosen = Array.from({ length: 2 + random(5) }, () => all[random(all.length)]!);
  return floodSteps(mixedFlood(chosen, random), BEYOND * FRAMES_GOAL);
}

const LARGE_PATH = `${FLOOD_PATH}/large`;

/** The window of every stream at zero: nothing of an answer can be sent. */
const CLOSED_WINDOW = Buffer.concat([PREFACE, settingsFrame([[h2.SETTINGS_INITIAL_WINDOW_SIZE, 0]])]);
/** Windows as wide as they can be: whatever the node has, it sends. */
const WIDE_WINDOW = Buffer.concat([
  PREFACE,
  settingsFrame([[h2.SETTINGS_INITIAL_WINDOW_SIZE, h2.WINDOW_MAX]]),
]);

/** Attacks that hold what they have. */
const HOLDS: readonly Attack[] = [
  hold('crumbs', `requests of ${CRUMBS} cookies in as many octets, with windows of zero`, () => [
    Buffer.concat([CLOSED_WINDOW, ...crumbSteps(FLOOD_PATH, STREAMS_MAX, CRUMBS, CRUMB_BYTES)]),
  ]),
  hold('zero-window', 'large answers asked for with windows of zero', () => [
    Buffer.concat([CLOSED_WINDOW, ...requestSteps(LARGE_PATH, STREAMS_MAX)]),
  ]),
  {
    ...hold('slow-read', 'large answers asked for and not read', () => []),
    assault: () => ({
      ...HOLD,
      reads: false,
      volleys: [Buffer.concat([WIDE_WINDOW, ...requestSteps(LARGE_PATH, STREAMS_MAX)])],
    }),
  },
];

function hold(name: string, what: string, volleys: () => readonly Buffer[]): Attack {
  return {
    name,
    what,
    requestsEachMax: STREAMS_MAX,
    counted: null,
    assault: () => ({ ...HOLD, volleys: volleys() }),
  };
}

const PIPELINED = Buffer.from(requestText('GET', FLOOD_PATH).repeat(200));
const GARBAGE_BYTES = 1024;

/** Attacks in front of HTTP/2, or without it. */
const OTHERS: readonly Attack[] = [
  plain('handshakes-left', 'TLS handshakes left after the answer to the first message', async () => ({
    ...BARE,
    volleys: [await recordClientHello()],
    manner: 'leave',
  })),
  plain('handshakes-done', 'TLS handshakes done, then closed', () => ({
    ...FLOOD,
    secure: 'http/1.1',
    volleys: [],
    manner: 'close',
  })),
  plain('connections', 'connections from 1,000 addresses that say nothing', () => ({
    ...BARE,
    volleys: [],
    connections: 8000,
    addresses: 1000,
    lifeMs: HOLD_LIFE_MS,
  })),
  plain('requests', 'pipelined requests from 200 addresses, far over the limits', () => ({
    ...FLOOD,
    secure: 'http/1.1',
    volleys: [PIPELINED],
    manner: 'repeat',
    addresses: 200,
  })),
  plain('garbage', 'random octets on the port for TLS', () => ({
    ...BARE,
    volleys: Array.from({ length: MIXES }, () => randomFillSync(Buffer.alloc(GARBAGE_BYTES))),
  })),
];

function plain(name: string, what: string, assault: Attack['assault']): Attack {
  return { name, what, assault, counted: null, requestsEachMax: null };
}

export const ATTACKS: readonly Attack[] = [...FRAME_ATTACKS, ...BLOCK_ATTACKS, ...HOLDS, ...OTHERS];

/** Frames that steps consist of. */
export function framesOf(steps: readonly Buffer[]): number {
  return steps.reduce((sum, step) => sum + countFrames(step), 0);
}
