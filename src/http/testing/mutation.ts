/**
 * Small damage to a message, described by data, so that fast-check can shrink it and a fuzzer can draw it from a
 * seed. Positions are fractions of what they point into, so that any mutation fits any message.
 */

export interface Mutation {
  /** Which of `MUTATIONS`, modulo their number. */
  readonly kind: number;
  /** Two places, from 0 up to but not including 1. */
  readonly at: number;
  readonly to: number;
  /** What is put in, where something is. */
  readonly text: string;
}

export function mutate(message: string, mutations: readonly Mutation[]): string {
  let text = message;
  for (const mutation of mutations) text = MUTATIONS[mutation.kind % MUTATIONS.length]!(text, mutation);
  return text.slice(0, MESSAGE_MAX);
}

const MESSAGE_MAX = 100_000;
const REPEAT_MAX = 200;

type Mutate = (message: string, mutation: Mutation) => string;

/** All kinds of damage; the first ones to octets, the others to lines. */
export const MUTATIONS: readonly Mutate[] = [
  (message, { at, text }) => splice(message, place(message, at), 0, text),
  (message, { at, to }) => splice(message, place(message, at), 1 + Math.floor(to * 8), ''),
  (message, { at, text }) => splice(message, place(message, at), 1, text),
  (message, { at, to }) => {
    const position = place(message, at);
    const code = (message.charCodeAt(position) ^ (1 << Math.floor(to * 8))) & 0xff;
    return splice(message, position, 1, String.fromCharCode(code));
  },
  (message, { at }) => message.slice(0, place(message, at)),
  (message, { at, to, text }) =>
    splice(message, place(message, at), 0, text.repeat(Math.floor(to * REPEAT_MAX))),
  (message, { at, to }) =>
    onLines(message, (lines) => lines.splice(place(lines, to), 0, lines[place(lines, at)] ?? '')),
  (message, { at }) => onLines(message, (lines) => lines.splice(place(lines, at), 1)),
  (message, { at, to }) =>
    onLines(message, (lines) => lines.splice(place(lines, to), 0, ...lines.splice(place(lines, at), 1))),
  (message, { at, text }) => onLines(message, (lines) => lines.splice(1 + place(lines, at), 0, text)),
  (message, { at, text }) => onLines(message, (lines) => lines.splice(place(lines, at), 1, text)),
  (message, { at, to }) =>
    onLine(message, at, (line) => splice(line, place(line, to), 0, to < 0.5 ? '\r\n ' : '\r\n\t')),
  (message, { at, text }) => onLine(message, at, (line) => line.replace(':', `${text}:`)),
  (message, { at, text }) => onLine(message, at, (line) => line.replace(':', `:${text}`)),
  (message, { at, text }) => onLine(message, at, (line) => line + text),
  (message, { at, to }) =>
    onLine(message, at, (line) =>
      to < 0.5 ? line.replace(/[A-Z]/gi, otherCase) : line.replaceAll('-', '_'),
    ),
  (message, { at, to }) => {
    const ends = ['\n', '\r', '', '\r\r\n', '\n\r', '\r\n\r\n'];
    const lines = message.split('\r\n');
    const line = place(lines, at);
    return `${lines.slice(0, line + 1).join('\r\n')}${ends[Math.floor(to * ends.length)]}${lines.slice(line + 1).join('\r\n')}`;
  },
];

/** The place that a fraction points to. */
function place(within: { readonly length: number }, fraction: number): number {
  return Math.floor(fraction * within.length);
}

function otherCase(letter: string): string {
  return String.fromCharCode(letter.charCodeAt(0) ^ 0x20);
}

function splice(text: string, at: number, removed: number, inserted: string): string {
  return text.slice(0, at) + inserted + text.slice(at + removed);
}

function onLines(message: string, change: (lines: string[]) => void): string {
  const lines = message.split('\r\n');
  change(lines);
  return lines.join('\r\n');
}

function onLine(message: string, at: number, change: (line: string) => string): string {
  return onLines(message, (lines) => {
    const index = place(lines, at);
    lines[index] = change(lines[index] ?? '');
  });
}
