/** Variables with one value that say something about the body of a request. */
import type { MultipartFlags } from '../../bodies/parsed-body.ts';
import type { ScalarCollection } from './collection.ts';
import type { Message } from './message.ts';

export const BODY_SCALARS: readonly ScalarCollection[] = [
  body('REQUEST_BODY', ({ bodyText }) => bodyText),
  body('REQUEST_BODY_LENGTH', ({ bodyLength }) => String(bodyLength)),
  body('FULL_REQUEST', fullRequest),
  body('FULL_REQUEST_LENGTH', (message) => String(fullRequest(message).length)),
  body('ARGS_COMBINED_SIZE', argumentsSize),
  body('FILES_COMBINED_SIZE', filesSize),
  body('REQBODY_ERROR', (message) => flag(message.bodyFault !== null)),
  body('REQBODY_ERROR_MSG', (message) => message.bodyFault?.message ?? ''),
  body('REQBODY_PROCESSOR_ERROR', (message) => flag(message.bodyFault !== null)),
  body('REQBODY_PROCESSOR_ERROR_MSG', (message) => message.bodyFault?.message ?? ''),
  body('INBOUND_DATA_ERROR', (message) => flag(message.bodyFault?.kind === 'limit')),
  body('URLENCODED_ERROR', () => '0'),
  multipart('MULTIPART_BOUNDARY_QUOTED', (flags) => flags.boundaryQuoted),
  multipart('MULTIPART_BOUNDARY_WHITESPACE', (flags) => flags.boundaryWhitespace),
  multipart('MULTIPART_CRLF_LF_LINES', (flags) => flags.crlfLfLines),
  multipart('MULTIPART_DATA_AFTER', (flags) => flags.dataAfter),
  multipart('MULTIPART_DATA_BEFORE', (flags) => flags.dataBefore),
  multipart('MULTIPART_FILE_LIMIT_EXCEEDED', (flags) => flags.fileLimitExceeded),
  multipart('MULTIPART_HEADER_FOLDING', (flags) => flags.headerFolding),
  multipart('MULTIPART_INVALID_HEADER_FOLDING', (flags) => flags.invalidHeaderFolding),
  multipart('MULTIPART_INVALID_PART', (flags) => flags.invalidPart),
  multipart('MULTIPART_INVALID_QUOTING', (flags) => flags.invalidQuoting),
  multipart('MULTIPART_LF_LINE', (flags) => flags.lfLine),
  multipart('MULTIPART_MISSING_SEMICOLON', (flags) => flags.missingSemicolon),
  multipart('MULTIPART_STRICT_ERROR', strictError),
  multipart('MULTIPART_UNMATCHED_BOUNDARY', (flags) => flags.unmatchedBoundary),
];

function body(name: string, read: (message: Message) => string): ScalarCollection {
  return { kind: 'scalar', name, from: 2, part: 'body', volatile: false, read };
}

function multipart(name: string, test: (flags: MultipartFlags) => boolean): ScalarCollection {
  return body(name, ({ parsed }) => {
    const flags = parsed?.multipart ?? null;
    return flag(flags !== null && test(flags));
  });
}

function flag(set: boolean): string {
  return set ? '1' : '0';
}

function fullRequest(message: Message): string {
  const { method, target, protocol } = message.request;
  const fields = message.headers.map(({ name, value }) => `${name}: ${value}\r\n`).join('');
  return `${method} ${target} ${protocol}\r\n${fields}\r\n${message.bodyText}`;
}

function argumentsSize(message: Message): string {
  let size = 0;
  for (const { name, value } of message.arguments) size += name.length + value.length;
  return String(size);
}

function filesSize({ parsed }: Message): string {
  let size = 0;
  for (const file of parsed?.files ?? []) size += file.size;
  return String(size);
}

/** Whatever makes two programs read a multipart body differently. */
function strictError(flags: MultipartFlags): boolean {
  return (
    flags.boundaryQuoted ||
    flags.boundaryWhitespace ||
    flags.dataBefore ||
    flags.dataAfter ||
    flags.headerFolding ||
    flags.lfLine ||
    flags.missingSemicolon ||
    flags.invalidQuoting ||
    flags.invalidPart ||
    flags.invalidHeaderFolding ||
    flags.fileLimitExceeded
  );
}
