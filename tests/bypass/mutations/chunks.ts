/** The body of a form in chunks (RFC 9112 section 7.1): tiny ones, with extensions, behind odd sizes. */
import { ARGUMENT, escapeText } from '../attack.ts';
import { carriage, type Mutation } from '../mutation.ts';
import { FORM, post } from '../request.ts';

export const chunks: readonly Mutation[] = [
  chunked('chunks-of-one', (octet) => `1\r\n${octet}\r\n`),
  chunked('chunks-with-extensions', (octet, index) => `1;n${index}="a;b";x\r\n${octet}\r\n`),
  chunked('chunks-with-zeros', (octet) => `0001\r\n${octet}\r\n`),
];

function chunked(name: string, write: (octet: string, index: number) => string): Mutation {
  return carriage(name, (payload) => {
    const octets = [...`${ARGUMENT}=${escapeText(payload)}`];
    const body = `${octets.map(write).join('')}0\r\nX-Trailer: 1\r\n\r\n`;
    return post(FORM, body, ['Transfer-Encoding', 'chunked']);
  });
}
