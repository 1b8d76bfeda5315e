/** Variables that the answer of an origin gives. */
import type { KnownFrom, MemberCollection, ScalarCollection } from './collection.ts';
import { type Member, namesOf } from './member.ts';
import type { Message } from './message.ts';

export const RESPONSE_SCALARS: readonly ScalarCollection[] = [
  scalar('RESPONSE_STATUS', 3, ({ response }) => (response === null ? '' : String(response.status))),
  scalar('RESPONSE_PROTOCOL', 3, ({ response }) => response?.protocol ?? ''),
  scalar('STATUS_LINE', 3, statusLine),
  scalar('RESPONSE_CONTENT_TYPE', 3, ({ response }) => response?.header('content-type') ?? ''),
  scalar('RESPONSE_CONTENT_LENGTH', 3, ({ response }) => response?.header('content-length') ?? '0'),
  scalar('RESPONSE_BODY', 4, ({ responseBody }) => responseBody),
  scalar('OUTBOUND_DATA_ERROR', 4, () => '0'),
];

export const RESPONSE_MEMBERS: readonly MemberCollection[] = [
  members('RESPONSE_HEADERS', ({ responseHeaders }) => responseHeaders),
  members('RESPONSE_HEADERS_NAMES', ({ responseHeaders }) => namesOf(responseHeaders)),
];

function scalar(name: string, from: KnownFrom, read: (message: Message) => string): ScalarCollection {
  return { kind: 'scalar', name, from, part: from === 4 ? 'answer body' : 'answer', volatile: false, read };
}

function members(name: string, read: (message: Message) => readonly Member[]): MemberCollection {
  return {
    kind: 'members',
    name,
    from: 3,
    part: (message, index) => `answer header:${read(message)[index]?.name ?? ''}`,
    read,
    countNamed: null,
  };
}

function statusLine({ response }: Message): string {
  return response === null ? '' : `${response.protocol} ${response.status} ${response.reasonPhrase}`;
}
