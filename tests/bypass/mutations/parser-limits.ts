/** More of everything than a firewall may want to read, in front of the attack: origins read on where it stops. */
import { ARGUMENT, escapeText } from '../attack.ts';
import { carriage, type Mutation } from '../mutation.ts';
import { FORM, get, post } from '../request.ts';
import { formWithParts } from './multipart-bodies.ts';

const FIELDS = 1100;
const PARTS = 300;
const LEVELS = 600;

export const parserLimits: readonly Mutation[] = [
  carriage('limit-query-arguments', (payload) => get(`/get?${'a&'.repeat(FIELDS)}${pair(payload)}`)),
  carriage('limit-form-arguments', (payload) => post(FORM, `${'a=1&'.repeat(FIELDS)}${pair(payload)}`)),
  carriage('limit-empty-arguments', (payload) => post(FORM, `${'&'.repeat(FIELDS)}${pair(payload)}`)),
  carriage('limit-parts', (payload) =>
    formWithParts(
      Array.from({ length: PARTS }, () => 'x'),
      payload,
    ),
  ),
  carriage('limit-members', (payload) => {
    const members = Array.from({ length: FIELDS }, (_, index) => `"p${index}":1,`);
    return post('application/json', `{${members.join('')}"${ARGUMENT}":${JSON.stringify(payload)}}`);
  }),
  carriage('limit-depth', (payload) =>
    post('application/json', `${'['.repeat(LEVELS)}${JSON.stringify(payload)}${']'.repeat(LEVELS)}`),
  ),
  carriage('limit-elements', (payload) => {
    const text = payload.replace(/./gs, (char) => `&#${char.charCodeAt(0)};`);
    return post('application/xml', `<r>${'<a>1</a>'.repeat(FIELDS)}<b>${text}</b></r>`);
  }),
  carriage('limit-cookies', (payload) =>
    get('/get', ['Cookie', `${'a=1; '.repeat(FIELDS)}${ARGUMENT}=${escapeText(payload)}`]),
  ),
  carriage('limit-part-header', (payload) =>
    post(
      'multipart/form-data; boundary=edge',
      `--edge\r\nX-Filler: ${'x'.repeat(6000)}\r\nContent-Disposition: form-data; name="${ARGUMENT}"\r\n\r\n${payload}\r\n--edge--\r\n`,
    ),
  ),
];

function pair(payload: string): string {
  return `${ARGUMENT}=${escapeText(payload)}`;
}
