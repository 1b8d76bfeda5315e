/**
 * The attacks of the regression suite: of every test that expects a rule of the attack families, the texts that its
 * request carries, each with the place it was in. Which of them is the attack, the rules that are asked will tell.
 */
import { buildRequest } from '../conformance/build-request.ts';
import type { RegressionTest } from '../conformance/regression-suite.ts';
import type { Attack, Place } from './attack.ts';

/** Files, inclusion, commands, PHP, other programs, scripts, queries, sessions, Java. */
const FAMILIES: ReadonlySet<string> = new Set([
  '930',
  '931',
  '932',
  '933',
  '934',
  '941',
  '942',
  '943',
  '944',
]);

/** What a request carries where. */
interface Text {
  readonly place: Place;
  readonly field: string;
  readonly payload: string;
}

/** Each distinct text once for each family; a list for every test, for its attack is one of them. */
export function suiteAttacks(tests: readonly RegressionTest[]): readonly (readonly Attack[])[] {
  const seen = new Set<string>();
  return tests
    .filter(({ ruleId }) => FAMILIES.has(ruleId.slice(0, 3)))
    .map(({ name, ruleId, stages }) => {
      const family = ruleId.slice(0, 3);
      const attacking = stages.filter(({ output }) => output.expectIds.length > 0);
      return attacking
        .flatMap(({ input }) => textsOf(buildRequest(input).toString('latin1')))
        .map((text) => ({ name, family, ...text }))
        .filter((attack) => isNew(attack, seen));
    })
    .filter((attacks) => attacks.length > 0);
}

function isNew({ family, place, field, payload }: Attack, seen: Set<string>): boolean {
  const key = JSON.stringify([family, place, field, payload]);
  if (payload.length < 2 || seen.has(key)) return false;
  seen.add(key);
  return true;
}

/** Fields that say how a request is read, not what is in it. */
const TECHNICAL = /^(?:host|connection|content-(?:type|length)|transfer-encoding|accept|accept-encoding)$/i;

function textsOf(request: string): readonly Text[] {
  const end = request.indexOf('\r\n\r\n');
  const [start = '', ...lines] = request.slice(0, end).split('\r\n');
  const target = start.slice(start.indexOf(' ') + 1, start.lastIndexOf(' '));
  const mark = target.indexOf('?');
  const headers = lines.map(
    (line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const,
  );
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  return [
    ...bodyTexts(request.slice(end + 4), type),
    ...(mark === -1 ? [] : pairTexts(target.slice(mark + 1), '&', 'argument')),
    ...headers.flatMap(([name, value]) => headerTexts(name, value)),
    { place: 'path', field: '', payload: unescapeText(mark === -1 ? target : target.slice(0, mark), false) },
  ];
}

function headerTexts(name: string, value: string): readonly Text[] {
  if (TECHNICAL.test(name)) return [];
  if (name.toLowerCase() === 'cookie') return pairTexts(value, ';', 'cookie');
  return [{ place: 'header', field: name, payload: value }];
}

function bodyTexts(body: string, type: string): readonly Text[] {
  if (body === '') return [];
  if (/json/i.test(type)) return jsonTexts(body);
  if (/xml/i.test(type)) return xmlTexts(body);
  if (/multipart/i.test(type)) return partTexts(body);
  return [...pairTexts(body, '&', 'argument'), argument(body)];
}

function pairTexts(text: string, separator: '&' | ';', place: 'argument' | 'cookie'): readonly Text[] {
  return text.split(separator).flatMap((pair) => {
    const equals = pair.indexOf('=');
    const read = (part: string) => (place === 'cookie' ? part.trim() : unescapeText(part, true));
    if (equals === -1) return [{ place, field: '', payload: read(pair) }];
    const value: Text = { place, field: '', payload: read(pair.slice(equals + 1)) };
    const name: Text = { place: 'name', field: '', payload: read(pair.slice(0, equals)) };
    return place === 'cookie' ? [value] : [value, name];
  });
}

/** Every string of a document, names and values alike; escapes undone. */
function jsonTexts(body: string): readonly Text[] {
  return [...body.matchAll(/"((?:[^"\\]|\\.)*)"(\s*:)?/gs)].map(([whole, text = '', colon]) => {
    const payload = Buffer.from(parseString(colon === undefined ? whole : `"${text}"`), 'utf8').toString(
      'latin1',
    );
    return { place: colon === undefined ? ('argument' as const) : ('name' as const), field: '', payload };
  });
}

function parseString(literal: string): string {
  try {
    return String(JSON.parse(Buffer.from(literal, 'latin1').toString('utf8')));
  } catch {
    return literal.slice(1, -1);
  }
}

function xmlTexts(body: string): readonly Text[] {
  const texts = [...body.matchAll(/>([^<]+)</g), ...body.matchAll(/="([^"]*)"/g)];
  return texts.map(([, text = '']) => argument(unescapeXml(text).trim()));
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['amp', '&'],
]);

function unescapeXml(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ENTITIES.get(name) ?? '');
}

function partTexts(body: string): readonly Text[] {
  const names = [...body.matchAll(/filename="([^"\r\n]*)"/g)].map(([, name = '']) => {
    return { place: 'file-name', field: '', payload: name } as const;
  });
  const contents = [...body.matchAll(/\r\n\r\n(.*?)\r\n--/gs)].map(([, content = '']) => argument(content));
  return [...contents, ...names];
}

function argument(payload: string): Text {
  return { place: 'argument', field: '', payload };
}

function unescapeText(text: string, plusIsSpace: boolean): string {
  return (plusIsSpace ? text.replaceAll('+', ' ') : text).replace(/%([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
