/** The text as content or attribute of an XML document, its characters written in all the ways XML has. */
import { carriage, type Mutation } from '../mutation.ts';
import { post, type Request } from '../request.ts';

export const xmlBodies: readonly Mutation[] = [
  carriage('xml-text', (payload) => document(payload, (text) => `<a>${named(text)}</a>`)),
  carriage('xml-attribute', (payload) => document(payload, (text) => `<a b="${named(text)}"/>`)),
  carriage('xml-numeric', (payload) => document(payload, (text) => `<a>${numeric(text, 10)}</a>`)),
  carriage('xml-hexadecimal', (payload) => document(payload, (text) => `<a>${numeric(text, 16)}</a>`)),
  carriage('xml-attribute-numeric', (payload) =>
    document(payload, (text) => `<a b="${numeric(text, 10)}"/>`),
  ),
  carriage('xml-cdata', (payload) => document(payload, (text) => `<a>${cdata(text)}</a>`)),
  carriage('xml-split-cdata', (payload) =>
    document(payload, (text) => {
      const middle = text.length >> 1;
      return `<a>${named(text.slice(0, middle))}${cdata(text.slice(middle))}</a>`;
    }),
  ),
  carriage('xml-comment-inside', (payload) =>
    document(payload, (text) => {
      const middle = text.length >> 1;
      return `<a>${named(text.slice(0, middle))}<!-- x -->${named(text.slice(middle))}</a>`;
    }),
  ),
  carriage('xml-suffix-type', (payload) =>
    document(payload, (text) => `<a>${named(text)}</a>`, 'application/soap+xml'),
  ),
  carriage('xml-utf-16', (payload) => {
    const request = document(payload, (text) => `<a>${named(text)}</a>`, 'application/xml; charset=utf-16le');
    if (request === null) return null;
    return { ...request, body: Buffer.from(request.body ?? '', 'utf16le').toString('latin1') };
  }),
];

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML cannot hold them.
const NOT_IN_XML = /[\x00-\x08\x0b-\x1f\x7f-\xff]/;

/** Null where the text has characters that XML cannot hold. */
function document(
  payload: string,
  write: (text: string) => string,
  type = 'application/xml',
): Request | null {
  if (NOT_IN_XML.test(payload)) return null;
  return post(type, `<?xml version="1.0"?><r>${write(payload)}</r>`);
}

function named(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function numeric(text: string, base: 10 | 16): string {
  return text.replace(/./gs, (char) => `&#${base === 16 ? 'x' : ''}${char.charCodeAt(0).toString(base)};`);
}

function cdata(text: string): string {
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}
