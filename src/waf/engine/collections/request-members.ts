/** Named values of a request: arguments, header fields, cookies, files, parts. */
import type { ParsedBody } from '../../bodies/parsed-body.ts';
import type { KnownFrom, MemberCollection } from './collection.ts';
import { type Member, NO_MEMBERS, namesOf } from './member.ts';
import type { Message } from './message.ts';

type Read = (message: Message) => readonly Member[];

const queryArguments: Read = (message) => message.queryArguments;
const bodyArguments: Read = (message) => message.bodyArguments;
const allArguments: Read = (message) => message.arguments;
const headers: Read = (message) => message.headers;
const cookies: Read = (message) => message.cookies;

export const REQUEST_MEMBERS: readonly MemberCollection[] = [
  {
    kind: 'members',
    name: 'ARGS',
    from: 1,
    part: argumentPart(allArguments),
    read: allArguments,
    countNamed: null,
  },
  {
    kind: 'members',
    name: 'ARGS_NAMES',
    from: 1,
    part: argumentPart(allArguments),
    read: names(allArguments),
    countNamed: null,
  },
  members('ARGS_GET', 1, 'query', queryArguments),
  members('ARGS_GET_NAMES', 1, 'query', names(queryArguments)),
  members('ARGS_POST', 2, 'body', bodyArguments),
  members('ARGS_POST_NAMES', 2, 'body', names(bodyArguments)),
  members('REQUEST_HEADERS', 1, 'header', headers),
  members('REQUEST_HEADERS_NAMES', 1, 'header', names(headers)),
  members('REQUEST_COOKIES', 1, 'cookie', cookies),
  members('REQUEST_COOKIES_NAMES', 1, 'cookie', names(cookies)),
  members(
    'FILES',
    2,
    'file',
    files((file) => ({ name: file.field, value: file.fileName })),
  ),
  members(
    'FILES_NAMES',
    2,
    'file',
    files((file) => ({ name: file.field, value: file.field })),
  ),
  members(
    'FILES_SIZES',
    2,
    'file',
    files((file) => ({ name: file.field, value: String(file.size) })),
  ),
  members('FILES_TMPNAMES', 2, 'file', () => NO_MEMBERS),
  members(
    'FILES_TMP_CONTENT',
    2,
    'file',
    files((file) => ({ name: file.field, value: file.beginning })),
  ),
  members(
    'MULTIPART_FILENAME',
    2,
    'file',
    files((file) => ({ name: file.field, value: file.fileName })),
  ),
  members('MULTIPART_NAME', 2, 'body', multipartNames),
  members('MULTIPART_PART_HEADERS', 2, 'part', partHeaders),
  members(
    'XML:/*',
    2,
    'xml text',
    xml((body) => body.xmlTexts),
  ),
  members(
    'XML://@*',
    2,
    'xml attribute',
    xml((body) => body.xmlAttributes),
  ),
];

function members(name: string, from: KnownFrom, part: string, read: Read): MemberCollection {
  return {
    kind: 'members',
    name,
    from,
    read,
    countNamed: part === 'header' ? countHeaders : null,
    part: (message, index) => namedPart(part, read(message)[index]),
  };
}

function countHeaders({ request }: Message, name: string): number {
  let count = 0;
  for (let index = 0; index < request.headerCount; index += 1) {
    if (request.headerName(index) === name) count += 1;
  }
  return count;
}

/** Of arguments together: those of the query come first. */
function argumentPart(read: Read): MemberCollection['part'] {
  return (message, index) =>
    namedPart(index < message.queryArguments.length ? 'query' : 'body', read(message)[index]);
}

function namedPart(part: string, member: Member | undefined): string {
  return member === undefined || member.name === '' ? part : `${part}:${member.name}`;
}

function names(read: Read): Read {
  return (message) => namesOf(read(message));
}

function files(toMember: (file: ParsedBody['files'][number]) => Member): Read {
  return ({ parsed }) =>
    parsed === null || parsed.files.length === 0 ? NO_MEMBERS : parsed.files.map(toMember);
}

function xml(texts: (body: ParsedBody) => readonly string[]): Read {
  return ({ parsed }) =>
    parsed?.processor === 'XML' ? texts(parsed).map((value) => ({ name: '', value })) : NO_MEMBERS;
}

function multipartNames({ parsed }: Message): readonly Member[] {
  if (parsed?.processor !== 'MULTIPART') return NO_MEMBERS;
  const fields = parsed.fields.map(({ name }) => ({ name, value: name }));
  return fields.concat(parsed.files.map(({ field }) => ({ name: field, value: field })));
}

function partHeaders({ parsed }: Message): readonly Member[] {
  if (parsed === null || parsed.partHeaders.length === 0) return NO_MEMBERS;
  return parsed.partHeaders.map(({ part, line }) => ({ name: part, value: line }));
}
