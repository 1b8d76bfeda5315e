/** The operators that rules can name, by canonical name in lower case. */
import { beginsWith } from './begins-with.ts';
import { contains } from './contains.ts';
import { containsWord } from './contains-word.ts';
import { detectSqli } from './detect-sqli.ts';
import { detectXss } from './detect-xss.ts';
import { endsWith } from './ends-with.ts';
import { eq } from './eq.ts';
import { ge } from './ge.ts';
import { gt } from './gt.ts';
import { ipMatch } from './ip-match.ts';
import { ipMatchFromFile } from './ip-match-from-file.ts';
import { le } from './le.ts';
import { lt } from './lt.ts';
import { noMatch } from './no-match.ts';
import type { OperatorDefinition } from './operator.ts';
import { pm } from './pm.ts';
import { pmFromFile } from './pm-from-file.ts';
import { rx } from './rx.ts';
import { rxGlobal } from './rx-global.ts';
import { streq } from './streq.ts';
import { strmatch } from './strmatch.ts';
import { unconditionalMatch } from './unconditional-match.ts';
import { validateByteRange } from './validate-byte-range.ts';
import { validateUrlEncoding } from './validate-url-encoding.ts';
import { validateUtf8Encoding } from './validate-utf8-encoding.ts';
import { verifyCc } from './verify-cc.ts';
import { verifyCpf } from './verify-cpf.ts';
import { verifySsn } from './verify-ssn.ts';
import { verifySvnr } from './verify-svnr.ts';
import { within } from './within.ts';

const ALL: readonly OperatorDefinition[] = [
  beginsWith,
  contains,
  containsWord,
  detectSqli,
  detectXss,
  endsWith,
  eq,
  ge,
  gt,
  ipMatch,
  ipMatchFromFile,
  le,
  lt,
  noMatch,
  pm,
  pmFromFile,
  rx,
  rxGlobal,
  streq,
  strmatch,
  unconditionalMatch,
  validateByteRange,
  validateUrlEncoding,
  validateUtf8Encoding,
  verifyCc,
  verifyCpf,
  verifySsn,
  verifySvnr,
  within,
];

export const OPERATORS: ReadonlyMap<string, OperatorDefinition> = new Map(
  ALL.map((definition) => [definition.name, definition]),
);

/** Other spellings, in lower case, and the canonical names that they stand for. */
export const OPERATOR_ALIASES: ReadonlyMap<string, string> = new Map([
  ['pmf', 'pmfromfile'],
  ['ipmatchf', 'ipmatchfromfile'],
]);

/** Operators that other engines have and this one refuses, in lower case, with the reason as a sentence. */
export const REFUSED_OPERATORS: ReadonlyMap<string, string> = new Map([
  ['fuzzyhash', 'Fuzzy hashes need a library and a database that the node does not have.'],
  ['geolookup', 'The node has no database of places; ask for prefixes with @ipMatchFromFile.'],
  ['gsblookup', 'The service behind it no longer exists.'],
  ['inspectfile', 'The node runs no programs on what clients send.'],
  ['rbl', 'A request does not wait for name servers; ask for prefixes with @ipMatchFromFile.'],
  ['rsub', 'The node does not rewrite bodies.'],
  ['validatedtd', 'The node loads no document type definitions, which attacks on XML parsers are made of.'],
  ['validatehash', 'The node does not sign links, so it cannot check signatures.'],
  ['validateschema', 'The node loads no XML schemas.'],
]);
