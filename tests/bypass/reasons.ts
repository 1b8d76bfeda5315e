/**
 * Why a mutation that gets through is none of this project's business, by class of mutation and family of attack. What
 * no entry explains is a way around the firewall.
 */
import type { RuleSetName } from './judge.ts';

export interface Reason {
  readonly rules: RuleSetName;
  /** Names of mutations; a `*` at the end stands for any ending. */
  readonly mutations: readonly string[];
  /** Families of attacks; null for all. */
  readonly families: readonly string[] | null;
  /**
   * `harmless`: no attack is left for the origin. `outside`: an attack for an origin with a habit of its own that the
   * rules do not assume, stated in their documentation. `rules`: what the rules of the Core Rule Set say, evaluated as
   * they are written.
   */
  readonly kind: 'harmless' | 'outside' | 'rules';
  readonly reason: string;
}

/** Of the built-in rules. */
const BUILTIN: readonly Reason[] = [
  {
    rules: 'builtin',
    mutations: ['multipart-epilogue'],
    families: null,
    kind: 'harmless',
    reason:
      'what follows the closing delimiter is no part of the form: readers discard it (RFC 2046 section 5.1.1)',
  },
  {
    rules: 'builtin',
    mutations: ['form-as-octets'],
    families: null,
    kind: 'harmless',
    reason:
      'a body of application/octet-stream is a file to every form reader; its text comes to no argument',
  },
  {
    rules: 'builtin',
    mutations: ['form-utf-7-field'],
    families: null,
    kind: 'harmless',
    reason:
      'no reader of forms in use takes UTF-7 from a _charset_ field: the Encoding standard has taken it out',
  },
  {
    rules: 'builtin',
    mutations: ['form-semicolons'],
    families: null,
    kind: 'outside',
    reason:
      'forms are separated by "&" alone (WHATWG URL); an origin that still splits at ";" has the attack in the middle of what is judged as one value',
  },
  {
    rules: 'builtin',
    mutations: ['in-user-agent', 'in-unusual-header', 'in-forwarded-for', 'in-referer'],
    families: null,
    kind: 'outside',
    reason:
      'a field is no argument: only what is unmistakable counts there, for honest fields hold signs and words of every language',
  },
  {
    rules: 'builtin',
    mutations: ['in-path-*'],
    families: ['931', '934', '944'],
    kind: 'outside',
    reason:
      'addresses and the names of classes are honest parts of paths, and mean nothing to who reads a path',
  },
  {
    rules: 'builtin',
    mutations: ['base64*'],
    families: null,
    kind: 'outside',
    reason:
      'that an argument is to be decoded only its origin knows; undone is base64 with a word that says so or that only program data begins with',
  },
];

/** Of the Core Rule Set at paranoia level 1, whose own tests the engine passes. */
const CORE_RULE_SET: readonly Reason[] = [
  {
    rules: 'crs',
    mutations: ['url-double*', 'url-triple', 'url-percent-u*'],
    families: null,
    kind: 'rules',
    reason:
      'rules say by t:urlDecodeUni whether a value is decoded once more, and few do; no rule decodes thrice',
  },
  {
    rules: 'crs',
    mutations: ['url-every-octet', 'url-small-digits', 'limit-query-arguments'],
    families: ['931'],
    kind: 'rules',
    reason: 'the rules for inclusion compare the path as received',
  },
  {
    rules: 'crs',
    mutations: ['overlong-*', 'full-width-*'],
    families: null,
    kind: 'rules',
    reason:
      'only rules with t:utf8toUnicode fold other forms of a character; over-long ones are refused where validation is on',
  },
  {
    rules: 'crs',
    mutations: ['base64*'],
    families: null,
    kind: 'rules',
    reason: 'three rules of the set decode base64',
  },
  {
    rules: 'crs',
    mutations: ['in-*', 'multipart-field-name', 'json-member-name', 'limit-cookies'],
    families: null,
    kind: 'rules',
    reason:
      'each rule names the parts that it looks at: few look at paths and fields, some not at names or cookies',
  },
  {
    rules: 'crs',
    mutations: ['sql-*', 'blank-nbsp', 'pollution-split-sql'],
    families: ['942'],
    kind: 'rules',
    reason:
      'patterns of level 1 that ask for a blank between two words take no comment and no other blank for it',
  },
  {
    rules: 'crs',
    mutations: ['entities-*', 'script-octet-escapes', 'script-code-points'],
    families: ['941'],
    kind: 'rules',
    reason: 't:htmlEntityDecode and t:jsDecode are not in every rule; the second does not know \\u{...}',
  },
  {
    rules: 'crs',
    mutations: ['shell-*'],
    families: ['932'],
    kind: 'rules',
    reason:
      'the words of level 1 that may be taken apart by quotation marks are a list, and only t:cmdLine takes them out',
  },
  {
    rules: 'crs',
    mutations: ['path-doubled'],
    families: ['930'],
    kind: 'rules',
    reason: 'for the names of files there is a pattern of its own, which knows ../ at the beginning only',
  },
  {
    rules: 'crs',
    mutations: ['json-in-json', 'json-in-form', 'json-escaped-in-form'],
    families: null,
    kind: 'rules',
    reason:
      'a value that is a document itself is not taken apart: patterns that begin at the value do not match within it',
  },
  {
    rules: 'crs',
    mutations: ['form-semicolons', 'multipart-epilogue', 'multipart-nested', 'form-utf-7-field'],
    families: null,
    kind: 'harmless',
    reason: 'as for the built-in rules; a nested form is one value',
  },
  {
    rules: 'crs',
    mutations: [
      'json-*',
      'xml-*',
      'padding-members*',
      'padding-blanks-in-json*',
      'limit-members',
      'limit-elements',
    ],
    families: ['931', '932', '941', '942', '944'],
    kind: 'rules',
    reason:
      'rules about the line of the request or about ARGS alone do not see a document, or see its texts without blanks around them',
  },
  {
    rules: 'crs',
    mutations: [
      'padding-before-in-value*',
      'padding-after-in-value*',
      'json-line-break-behind',
      'json-text-behind',
    ],
    families: ['932', '933', '934', '941', '942', '944'],
    kind: 'rules',
    reason:
      'patterns that hold for a whole value, from its beginning or to its end, do not match where more stands there',
  },
];

export const REASONS: readonly Reason[] = [...BUILTIN, ...CORE_RULE_SET];

export function reasonFor(
  rules: RuleSetName,
  mutation: string,
  family: string,
  reasons: readonly Reason[] = REASONS,
): Reason | null {
  const found = reasons.find(
    (reason) =>
      reason.rules === rules &&
      (reason.families === null || reason.families.includes(family)) &&
      reason.mutations.some((name) => isMeant(name, mutation)),
  );
  return found ?? null;
}

function isMeant(name: string, mutation: string): boolean {
  return name.endsWith('*') ? mutation.startsWith(name.slice(0, -1)) : mutation === name;
}
