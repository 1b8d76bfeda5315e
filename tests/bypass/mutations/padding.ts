/**
 * Up to 128 KiB of text that changes nothing, before and after the attack: within its value as its language allows, and
 * as arguments, members and parts beside it. A body is never longer than what a node looks at by default.
 */
import { ARGUMENT, type Attack, escapeText } from '../attack.ts';
import type { Mutation } from '../mutation.ts';
import { FORM, post, type Request } from '../request.ts';
import { formWithParts } from './multipart-bodies.ts';

const BODY_BYTES_MAX = 131_072;
/** What the attack and what stands around it need at most; longer attacks are not padded. */
const ROOM = 16_384;
const SIZES = [1024, 8192, BODY_BYTES_MAX - ROOM];
/** Separate arguments of a request, fewer than a node reads. */
const ARGUMENTS = 200;

export const padding: readonly Mutation[] = SIZES.flatMap((size) => {
  const kib = Math.round(size / 1024);
  return [
    padded(`padding-before-in-value-${kib}k`, (attack) => {
      const filler = fillerBefore(attack, size);
      return filler === null ? null : form('', filler + attack.payload);
    }),
    padded(`padding-after-in-value-${kib}k`, (attack) => {
      const filler = fillerAfter(attack, size);
      return filler === null ? null : form('', attack.payload + filler);
    }),
    padded(`padding-arguments-${kib}k`, ({ payload }) => form(argumentsOf(size), payload)),
    padded(`padding-arguments-behind-${kib}k`, ({ payload }) =>
      post(FORM, `${ARGUMENT}=${escapeText(payload)}&${argumentsOf(size)}`),
    ),
    padded(`padding-members-${kib}k`, ({ payload }) => {
      const members = piecesOf(size).map((text, index) => `"p${index}":"${text}",`);
      return post('application/json', `{${members.join('')}"${ARGUMENT}":${JSON.stringify(payload)}}`);
    }),
    padded(`padding-blanks-in-json-${kib}k`, ({ payload }) =>
      post('application/json', `{${' '.repeat(size)}"${ARGUMENT}":${JSON.stringify(payload)}}`),
    ),
    padded(`padding-parts-${kib}k`, ({ payload }) => formWithParts(piecesOf(size), payload)),
    padded(`padding-preamble-${kib}k`, ({ payload }) => {
      const request = formWithParts([], payload);
      return { ...request, body: `${words(size)}\r\n${request.body}` };
    }),
  ];
});

function padded(name: string, build: (attack: Attack) => Request | null): Mutation {
  return {
    name,
    apply(attack) {
      if (attack.place !== 'argument' || attack.payload.length * 6 > ROOM) return null;
      const request = build(attack);
      return request === null || (request.body?.length ?? 0) > BODY_BYTES_MAX ? null : request;
    },
  };
}

function form(others: string, payload: string): Request {
  return post(FORM, `${others === '' ? '' : `${others}&`}${ARGUMENT}=${escapeText(payload)}`);
}

/** Nothing may stand before an address. */
const ADDRESS = /^\s*[\w+.-]{2,}:/;

/** What a language skips, or reads as part of what stands before the attack; null where nothing may stand there. */
function fillerBefore({ family, payload }: Attack, size: number): string | null {
  if (ADDRESS.test(payload)) return null;
  switch (family) {
    case '941':
    case '944':
      return `${words(size)} `;
    case '942':
    case '933':
      return `/*${words(size)}*/`;
    case '930':
      return payload.startsWith('../') ? './'.repeat(size / 2) : null;
    // The shell skips empty lines; each is sent as three octets.
    case '932':
      return '\n'.repeat(size / 3);
    case '934':
      return `${words(size)} `;
    default:
      return null;
  }
}

/** An attack that ends in a comment, or in the middle of something, takes nothing behind it. */
function fillerAfter({ family, payload }: Attack, size: number): string | null {
  switch (family) {
    case '941':
    case '944':
      return ` ${words(size)}`;
    case '942':
      return /--|#/.test(payload) ? ` ${words(size)}` : `/*${words(size)}*/`;
    case '932':
      return ` #${words(size)}`;
    case '933':
    case '934':
      return ` //${words(size)}`;
    default:
      return null;
  }
}

function argumentsOf(size: number): string {
  return piecesOf(size)
    .map((text, index) => `p${index}=${text}`)
    .join('&');
}

function piecesOf(size: number): readonly string[] {
  const length = Math.floor(size / ARGUMENTS) - 8;
  return Array.from({ length: ARGUMENTS }, () => 'x'.repeat(Math.max(1, length)));
}

/** Text without blanks that would grow when escaped. */
function words(size: number): string {
  return 'lorem.ipsum-dolor_'.repeat(Math.ceil(size / 18)).slice(0, size);
}
