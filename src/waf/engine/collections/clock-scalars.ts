/** Variables that tell the time, in UTC. */
import type { ScalarCollection } from './collection.ts';
import type { Message } from './message.ts';

export const CLOCK_SCALARS: readonly ScalarCollection[] = [
  clock('DURATION', (message) => String(Math.max(0, Math.round(message.clock.nowMs() - message.startMs)))),
  time('TIME', (date) => date.toISOString().slice(11, 19)),
  time('TIME_DAY', (date) => String(date.getUTCDate())),
  time('TIME_EPOCH', (date) => String(Math.floor(date.getTime() / 1000))),
  time('TIME_HOUR', (date) => String(date.getUTCHours())),
  time('TIME_MIN', (date) => String(date.getUTCMinutes())),
  time('TIME_MON', (date) => String(date.getUTCMonth())),
  time('TIME_SEC', (date) => String(date.getUTCSeconds())),
  time('TIME_WDAY', (date) => String(date.getUTCDay())),
  time('TIME_YEAR', (date) => String(date.getUTCFullYear())),
];

function clock(name: string, read: (message: Message) => string): ScalarCollection {
  return { kind: 'scalar', name, from: 1, part: 'clock', volatile: true, read };
}

function time(name: string, write: (date: Date) => string): ScalarCollection {
  return clock(name, (message) => write(new Date(message.clock.wallMs())));
}
