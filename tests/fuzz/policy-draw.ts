/** Lists, hosts, targets, paths and other spellings of them, drawn from a seed. */
import { mutate } from '../../src/http/testing/mutation.ts';
import type { ListFormat } from '../../src/mitigation/lists/list-line.ts';
import { drawMutations, drawOctets, pick } from './draw.ts';
import type { Random } from './loop.ts';

const LINES_MAX = 60;
const MUTATIONS_MAX = 6;
const SEGMENTS_MAX = 7;

const ENTRIES: readonly string[] = [
  ...['192.0.2.1', '192.0.2.1/32', '192.0.2.0/24', '10.0.0.0/8', '192.0.2.1/24', '0.0.0.0/0', '010.0.0.1'],
  ...[
    '2001:db8::/32',
    '2001:db8::1',
    '::/0',
    '::1/128',
    '::ffff:192.0.2.1',
    '::ffff:192.0.2.0/120',
    '1.2.3.4/33',
  ],
  ...[
    '192.0.2.1/',
    '192.0.2.1/00',
    '2001:db8::1/129',
    'example.org',
    '',
    '::',
    'fe80::1%eth0',
    '[::1]',
    '1.2.3',
  ],
];
const LINE_PARTS: readonly string[] = [
  ...['#', ';', ' # note', ' ; SBL1', '\t', '\r', ' ', '"', ',', '""', 'add', 'create', 'COMMIT', 'nomatch'],
  ...['\n', '\n\n', '\r\n', '\0', '\u00a0', '\ufeff', '\u2028', '1', '/', ':', '.'],
];

export function drawList(random: Random, format: ListFormat): string {
  const lines = Array.from({ length: random(LINES_MAX) }, () => drawLine(random, format));
  const text = lines.join(pick(random, ['\n', '\n', '\r\n', '\n\n']));
  if (random(2) === 0) return text;
  return mutate(
    text,
    drawMutations(random, MUTATIONS_MAX, () => pick(random, [...LINE_PARTS, ...ENTRIES])),
  );
}

function drawLine(random: Random, format: ListFormat): string {
  const entry =
    random(3) === 0 ? pick(random, ENTRIES) : `${random(224)}.${random(256)}.${random(4)}.${random(256)}`;
  const dirt = random(6) === 0 ? pick(random, LINE_PARTS) : '';
  if (format === 'ipset') return `${random(20) === 0 ? 'create' : 'add'} evil ${entry}${dirt && ` ${dirt}`}`;
  if (format === 'csv') return `${random(3) === 0 ? `"${entry}"` : entry},2026-01-01${dirt}`;
  return entry + dirt;
}

const HOSTS: readonly string[] = [
  ...['shop.test', 'www.shop.test', 'a.deep.shop.test', 'deep.shop.test', 'other.test', '', '192.0.2.1'],
  ...['[2001:db8::1]', '[2001:DB8:0::1]', '[2001:db8::2]', 'xshop.test', 'shop.test.evil', 'constructor'],
];
const BEHIND_HOST: readonly string[] = [
  '',
  '',
  '',
  ':443',
  '.',
  '.:80',
  '..',
  ':',
  ':65536',
  '@shop.test',
  ',a',
];

export function drawHost(random: Random): string {
  const host = pick(random, HOSTS) + pick(random, BEHIND_HOST);
  if (random(8) !== 0) return host;
  return mutate(
    host,
    drawMutations(random, 3, () => pick(random, ['.', '*', '[', ']', '%', 'A', ':', '\0', '_'])),
  );
}

const SEGMENTS: readonly string[] = [
  ...['api', 'v2', 'status', 'x', 'API', 'apis', '%61pi', 'ap%69', '%41PI', 'v%32', 'st%61tus'],
  ...['..', '.', '...', '', '%2e%2e', '.%2e', '%2E', '%252e%252e', '%25%32%65', '..;', '..;/x', ';x', ';'],
  ...['%2f', '%5c', '\\', '%00', '%0d', '..%00', '%2e%00%2e', '%7f', '%c0%ae', '%', '%2', '%u002e', ':', '@'],
];

/** What stands behind the first slash of a target. */
export function drawTarget(random: Random): string {
  const segments = Array.from({ length: random(SEGMENTS_MAX) }, () => pick(random, SEGMENTS));
  const text =
    segments.join(pick(random, ['/', '/', '/', '%2f', '\\', '//', '%252f', '%5c'])) + drawQuery(random);
  if (random(4) !== 0) return text;
  const drawText = (): string => (random(4) === 0 ? drawOctets(random, 3) : pick(random, SEGMENTS));
  // Whatever it is, the codec has let it pass.
  return mutate(text, drawMutations(random, 3, drawText)).replace(NOT_IN_TARGETS, '');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is left out.
const NOT_IN_TARGETS = /[\x00-\x20\x7f#]/g;

function drawQuery(random: Random): string {
  return random(4) === 0 ? pick(random, ['?', '?a=/api', '?/../api', '??']) : '';
}

const PLAIN_SEGMENTS: readonly string[] = ['a', 'login', 'v2', 'x-y', '~u', '1'];

/** A path in the form by which limits count. */
export function drawPlainPath(random: Random): string {
  return `/${Array.from({ length: random(4) }, () => pick(random, PLAIN_SEGMENTS)).join('/')}`;
}

/** Another spelling of a path, which some origin takes for the same. */
export function respell(random: Random, path: string): string {
  const segments = path === '/' ? [] : path.slice(1).split('/');
  const spelled = segments.map((segment) => respellSegment(random, segment)).join('');
  const end = random(3) === 0 ? pick(random, ['/', '/.', '//', ';', '/;v=1', '/x/..', '\\']) : '';
  return (spelled === '' ? '/' : spelled) + end;
}

const DETOURS: readonly string[] = [
  '',
  '',
  '',
  '/',
  '/.',
  '/x/..',
  '/%2e',
  '/x/%2e%2e',
  '/x/.%252e',
  '/;a',
  '\\.',
];

function respellSegment(random: Random, segment: string): string {
  const separator = pick(random, ['/', '/', '/', '\\', '/\\']);
  const characters = [...segment].map((character) => respellCharacter(random, character)).join('');
  const parameter = random(6) === 0 ? pick(random, [';', ';v=1', ';a;b', '%3bv']) : '';
  // The first character of a target is a slash.
  return `/${pick(random, DETOURS).replace(/^\//, '')}${separator}${characters}${parameter}`;
}

function respellCharacter(random: Random, character: string): string {
  let text = random(5) === 0 ? character.toUpperCase() : character;
  if (random(5) !== 0) return text;
  text = `%${text.charCodeAt(0).toString(16)}`;
  // Once or twice more, as proxies in a row would undo it.
  for (let more = random(3); more > 0; more--) text = text.replaceAll('%', '%25');
  return text;
}
