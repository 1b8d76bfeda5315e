/** Character references of HTML: in full for origins that resolve them before use, and where browsers resolve them. */
import { MARKUP, type Mutation, rewriting } from '../mutation.ts';

const SPECIAL = /[<>"'`()/=:;]/g;

export const entities: readonly Mutation[] = [
  rewriting('entities-decimal', MARKUP, (payload) =>
    payload.replace(SPECIAL, (char) => `&#${char.charCodeAt(0)};`),
  ),
  rewriting('entities-hexadecimal', MARKUP, (payload) =>
    payload.replace(SPECIAL, (char) => `&#x${char.charCodeAt(0).toString(16)};`),
  ),
  rewriting('entities-padded', MARKUP, (payload) =>
    payload.replace(SPECIAL, (char) => `&#${char.charCodeAt(0).toString().padStart(7, '0')}`),
  ),
  // In the value of an attribute, as browsers read it.
  rewriting('entities-in-scheme', MARKUP, (payload) =>
    payload.replace(/(=\s*["']?\s*java)s(?=cript:)/gi, '$1&#x73;'),
  ),
  rewriting('entities-for-colon', MARKUP, (payload) =>
    payload.replace(/(=\s*["']?\s*javascript):/gi, '$1&colon;'),
  ),
  rewriting('entities-tab-in-scheme', MARKUP, (payload) =>
    payload.replace(/(=\s*["']?\s*java)(?=script:)/gi, '$1&Tab;'),
  ),
];
