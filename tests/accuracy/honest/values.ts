/**
 * Honest values that look like attacks from afar: what people type and applications send, put together from small
 * grammars. Every kind stands for a field where such text is usual; none of it may be blocked.
 */
import type { Draw } from './draw.ts';

/** Where applications expect a kind of value. */
export type Field = 'query' | 'form' | 'json';

export interface HonestKind {
  readonly name: string;
  readonly fields: readonly Field[];
  make(draw: Draw): string;
}

const EVERYWHERE: readonly Field[] = ['query', 'form', 'json'];
const LONG: readonly Field[] = ['form', 'json'];

const NAMES = words(
  "O'Brien D'Angelo Müller Łukasz Nuñez Sørensen O’Neil Jean-Luc d'Artagnan Smith 李小龍 Иванов محمد",
);
const NOUNS = words(
  'table order union group user file image door script event alert select update list price case house 北京 Straße',
);
const VERBS = words(
  'select drop update delete insert join order load find sort cut kill exec sleep alert print call',
);
const TYPES = words('int string Array Map Promise List Button Error Object');
const CITIES = words('Berlin Paris Łódź Zürich 東京 Москва Orange Reading Union');
const LANGUAGES = words('sh js sql python php html');

const SQL_PROSE = [
  'please select a table from the list and order by price',
  "don't drop the table; update it or delete the order",
  'how do I insert into a list where the union is null or empty?',
  'select one or more from the menu below, then click "update"',
  'the group having more than 3 or less than 10 members',
  'create table reservations and alter the schedule',
  'He said "or else" and left; 1 or 2 people followed',
  'drop off location or pick-up and return where possible',
  'union square -- the place to be -- or so they say',
];

const CODE = [
  'const [a, setA] = useState(null);\nuseEffect(() => { fetch("/api").then((r) => r.json()).then(setA); }, []);',
  'for i in range(10):\n    print(i, "of", len(items))\n',
  'public static void main(String[] args) {\n  System.out.println("hello");\n}',
  'function f(x) {\n  if (x === null || x === undefined) return "";\n  return x.map((y) => y * 2);\n}',
  "SELECT a.id, b.name\nFROM a JOIN b ON a.id = b.a_id\nWHERE a.price > 10 AND b.name LIKE 'x%'\nORDER BY 1;",
  'npm install\ncd app && npm run build\ncat package.json | grep version\ncurl -s https://example.com/x | head -n 3\n',
  'docker run --rm -v /var/lib/data:/data image:1.2\nls -la /etc/nginx/\nsudo systemctl restart nginx; tail -f /var/log/syslog',
  '<?php\necho "Hello " . $name;\n?>',
  '<div class="a">\n  <p style="color: red">x</p>\n  <button type="submit">Go</button>\n</div>',
  'try {\n  document.querySelector("#a").innerHTML = html;\n} catch (e) {\n  console.error(e);\n}',
  '#!/bin/bash\nset -e\nfor f in *.txt; do\n  echo "$f" >> out.log\ndone\n',
  'public class A extends B { @Override public String toString() { return "a" + this.b; } }',
];

function words(text: string): readonly string[] {
  return text.split(' ');
}

/** A sentence of a person who asks for help, around program text. */
function question(draw: Draw, code: string): string {
  const noun = draw.of(NOUNS);
  return `Hi all,\n\nI get an error when I ${draw.of(VERBS)} the ${noun}. Here's my code:\n\n${code}\n\nWhat's wrong? Thanks, ${draw.of(NAMES)}`;
}

function token(draw: Draw, alphabet: string, length: number): string {
  return Array.from({ length }, () => draw.of([...alphabet])).join('');
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const HEX = '0123456789abcdef';
const BASE64 = `${LOWER}${LOWER.toUpperCase()}0123456789+/`;
const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');

function jwt(draw: Draw): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256' })}.${part({ sub: draw.number(1e6), name: draw.of(NAMES) })}.${token(draw, BASE64, 43).replace(/[+/]/g, '_')}`;
}

function address(draw: Draw): string {
  const nested = encodeURIComponent(`https://shop.example/${draw.of(NOUNS)}?id=${draw.number(99)}&from=a`);
  return `https://track.example/c/${token(draw, HEX, 12)}?url=${nested}&utm_source=news_${draw.number(9)}&utm_campaign=${draw.of(NOUNS)}|sale&sig=${token(draw, HEX, 16)}#top`;
}

export const HONEST_KINDS: readonly HonestKind[] = [
  kind(
    'search',
    EVERYWHERE,
    (d) =>
      `${d.of(NOUNS)} ${d.of(['and', 'or', '-', '+', '&', 'vs.', 'not'])} ${d.of(NOUNS)} ${d.of(['', '"exact phrase"', `${d.number(99)}"`, `${d.number(99)}'`, '(2024)', '50%', "men's"])}`,
  ),
  kind(
    'name',
    EVERYWHERE,
    (d) => `${d.of(NAMES)} ${d.of(NAMES)}${d.of(['', ', Jr.', ' & Sons', ' (home)', ' "Bob"', '; Dr.'])}`,
  ),
  kind(
    'address',
    EVERYWHERE,
    (d) =>
      `${d.number(999)}${d.of(['', '-A', '/2', ' 1/2'])} ${d.of(NOUNS)} St., Apt. #${d.number(99)}, ${d.of(CITIES)} ${d.number(99999)}`,
  ),
  kind(
    'price',
    EVERYWHERE,
    (d) =>
      `${d.of(['$', '€', '£', 'US$', ''])}${d.number(999)}.${d.number(99)}${d.of(['', ' - $200', '+', ' <= 500', ' (incl. 19% VAT)', '; 3 for 2', '/kg'])}`,
  ),
  kind('sql prose', EVERYWHERE, (d) => `${d.of(SQL_PROSE)}${d.of(['', '.', '!', '?', ' ;-)', ' :)'])}`),
  kind('mathematics', EVERYWHERE, (d) =>
    d.of([
      `${d.number(9)} < ${d.number(99)} and ${d.number(9)} > 1`,
      `f(x) = x^2 + ${d.number(9)}x - 1`,
      `a <= b && b >= c`,
      `x != y || y == z`,
      `(a+b)*(c-d)/2`,
      `if x>${d.number(9)} then y<5`,
      `${d.number(9)}*${d.number(9)}=${d.number(99)}`,
    ]),
  ),
  kind('versions', EVERYWHERE, (d) =>
    d.of([
      '>=1.2 <2 || 3',
      '^1.2.3',
      '~2.0 || >=3',
      '1.x || >=2.5.0 || 5.0.0 - 7.2.3',
      `v${d.number(9)}.0.0-rc.1+build.5`,
      '<=4.17',
    ]),
  ),
  kind(
    'cron',
    EVERYWHERE,
    (d) =>
      `${d.of(['*/5', '0', '@daily', '0,30'])} ${d.of(['*', '4', '0-6'])} * * ${d.of(['*', '1-5', 'MON#1'])}`,
  ),
  kind('css selector', EVERYWHERE, (d) =>
    d.of([
      `div.a > ul li:nth-child(${d.number(9)}) a[href^="https"]`,
      '#main .x::before, .y:not(.z)',
      'input[type="text"]:focus',
      '.card:hover > img + p ~ span',
    ]),
  ),
  kind(
    'graphql',
    LONG,
    (d) =>
      `query Get($id: ID!, $n: Int = ${d.number(9)}) {\n  item(id: $id) { id name ... on ${d.of(TYPES)} { price } orders(first: $n, where: { a: { eq: 1 } }) { edges { node { id } } } }\n}`,
  ),
  kind('regular expression', EVERYWHERE, (d) =>
    d.of([
      '^[a-z0-9_-]{3,16}$',
      '^(?:\\+?1[-. ]?)?\\(?(\\d{3})\\)?$',
      '(foo|bar)+\\s*=\\s*"[^"]*"',
      '\\b\\w+@\\w+\\.(com|org)\\b',
      `.{${d.number(9)},}`,
    ]),
  ),
  kind('windows path', EVERYWHERE, (d) =>
    d.of([
      `C:\\Users\\${d.of(['anna', 'bob'])}\\Documents\\report ${d.number(9)}.docx`,
      'D:\\Projects\\app\\src\\index.ts',
      '\\\\server\\share\\folder',
      '%APPDATA%\\App\\settings.json',
    ]),
  ),
  kind(
    'support ticket',
    LONG,
    (d) =>
      `When I open /home/${d.of(['anna', 'bob'])}/app/config.json the app says "can't read file". The log /var/log/app/error.log has:\n[2024-05-01 10:0${d.number(9)}:00] ERROR main - could not open file: No such file or directory (errno=2)\nWe use Ubuntu 22.04; nginx's config is in /etc/nginx/nginx.conf.`,
  ),
  kind(
    'stack trace',
    LONG,
    (d) =>
      `TypeError: Cannot read properties of undefined (reading '${d.of(NOUNS)}')\n    at Object.get (/app/node_modules/lib/index.js:${d.number(999)}:15)\n    at async Promise.all (index 0)\n    at eval (webpack-internal:///./src/App.vue:12:3)\njava.lang.NullPointerException: null\n\tat com.example.${d.of(TYPES)}.run(${d.of(TYPES)}.java:${d.number(99)})`,
  ),
  kind(
    'log line',
    EVERYWHERE,
    (d) =>
      `127.0.0.1 - - [10/Oct/2024:13:55:36 +0000] "GET /a?b=${d.number(99)}&c=d HTTP/1.1" 200 ${d.number(9999)} "-" "Mozilla/5.0 (X11; Linux x86_64)"`,
  ),
  kind('code question', LONG, (d) => question(d, d.of(CODE))),
  kind('markdown', LONG, (d) =>
    question(
      d,
      `\`\`\`${d.of(LANGUAGES)}\n${d.of(CODE)}\n\`\`\`\n\nand inline \`${d.of(['ls -la', 'git push', 'SELECT 1', 'alert(1)', '$(this)', 'npm run x && y'])}\``,
    ),
  ),
  kind(
    'rich text',
    LONG,
    (d) =>
      `<p>Hi ${d.of(NAMES)},</p><p style="margin:0;color:#333">see <a href="https://example.com/?a=${d.number(9)}&amp;b=2" target="_blank" rel="noopener">this ${d.of(NOUNS)}</a> &amp; reply.</p><img src="https://cdn.example.com/a.png" alt="x" width="1"><ul><li>a</li></ul><br>`,
  ),
  kind('tracking address', EVERYWHERE, address),
  kind('jwt', EVERYWHERE, jwt),
  kind('base64', EVERYWHERE, (d) => Buffer.from(token(d, BASE64, 8 + d.number(60))).toString('base64')),
  kind('base64 json', EVERYWHERE, (d) =>
    Buffer.from(
      JSON.stringify({ id: d.number(999), name: d.of(NAMES), filter: d.of(SQL_PROSE), a: [true, null] }),
    ).toString('base64'),
  ),
  kind('random base64', EVERYWHERE, (d) => token(d, BASE64, 16 + d.number(80))),
  kind(
    'identifier',
    EVERYWHERE,
    (d) =>
      `${token(d, HEX, 8)}-${token(d, HEX, 4)}-4${token(d, HEX, 3)}-a${token(d, HEX, 3)}-${token(d, HEX, 12)}`,
  ),
  kind('noise', EVERYWHERE, (d) => token(d, PRINTABLE, 60)),
  kind('password', EVERYWHERE, (d) => token(d, PRINTABLE, 8 + d.number(16))),
  kind(
    'consent',
    EVERYWHERE,
    (d) =>
      `CPx${token(d, BASE64, 20).replace(/[+/]/g, 'A')}.YAAAAAAAAAAA&isGpcEnabled=0&datestamp=Mon+Oct+${d.number(28)}+2024+10%3A00%3A00+GMT%2B0200&groups=C0001%3A1%2CC0002%3A0`,
  ),
  kind('directory filter', EVERYWHERE, (d) =>
    d.of([
      `(&(objectClass=person)(|(cn=${d.of(['anna', 'bob'])}*)(mail=*@example.com)))`,
      '(uid=anna)',
      '(&(a=b)(!(c=d)))',
      '(|(sn=a*)(sn=b*))',
    ]),
  ),
  kind('json', EVERYWHERE, (d) =>
    JSON.stringify({
      page: d.number(9),
      sort: ['name', 'asc'],
      filter: { price: { $gt: 10 + d.number(90), $lt: 500 }, q: d.of(SQL_PROSE) },
      url: `https://example.com/?a=${d.number(9)}`,
    }),
  ),
  kind(
    'odata',
    ['query'],
    (d) => `Price lt ${d.number(99)} and (contains(Name,'${d.of(['a', 'b'])}') or Id eq ${d.number(9)})`,
  ),
  kind(
    'jql',
    EVERYWHERE,
    (d) =>
      `project = ABC AND status in ("To Do", Done) AND assignee = ${d.of(['anna', 'currentUser()'])} ORDER BY created DESC`,
  ),
  kind('formula', EVERYWHERE, (d) =>
    d.of([
      `=SUM(A1:A${d.number(99)})`,
      '=IF(A1>10,"yes","no")',
      `=VLOOKUP(A${d.number(9)},B:C,2,FALSE)`,
      '=CONCATENATE(A1;" ";B1)',
    ]),
  ),
  kind('template', EVERYWHERE, (d) =>
    d.of([
      'Hello {{name}}, your order {{order.id}} is ready',
      `Dear ${'$'}{first_name},`,
      'Hi %name%!',
      '{{ user.name | upper }}',
      `[[item ${d.number(9)}]]`,
    ]),
  ),
  kind('chat', EVERYWHERE, (d) =>
    d.of([
      `lol :-) <3 ${d.of(NAMES)} & me`,
      'ok; see u @ 5 || 6?',
      "it's 'fine' -- really",
      '>:( why?!?',
      `R&D; Q&A; #${d.of(NOUNS)} @${d.of(NOUNS)}`,
      '1st & 2nd; 3rd | 4th',
      '<- look -> there',
      "rock 'n' roll = life",
    ]),
  ),
];

function kind(name: string, fields: readonly Field[], make: (draw: Draw) => string): HonestKind {
  return { name, fields, make };
}
