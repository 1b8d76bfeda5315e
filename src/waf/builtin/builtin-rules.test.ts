import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RuleMatch } from '../../core/verdict.ts';
import { ALL_FAMILIES, type BuiltinOptions, createBuiltin } from './builtin-rules.ts';
import { bodyOf, builtinOf, judgeBody, judgeHead, OPTIONS, requestOf } from './testing/judging.ts';

const rules = builtinOf();

function labelsOfTarget(target: string): string[] {
  return judgeHead(rules, target).matches.map((match) => match.label);
}

function matchesOfHeader(name: string, value: string): string[] {
  return judgeHead(rules, '/', [[name, value]]).matches.map(({ ruleId, part }) => `${ruleId} ${part}`);
}

/** The rules that matched, each once. */
function matchesOfBody(contentType: string | null, body: string): string[] {
  const bytes = Buffer.from(body, 'utf8').toString('latin1');
  return [...new Set(judgeBody(rules, bytes, contentType).matches.map(({ ruleId }) => ruleId))];
}

describe('inspectHead, target', () => {
  const attacks: readonly (readonly [string, string])[] = [
    ['/<script>', 'XSS_SCRIPT_TAG'],
    ['/%3Cscript%3E', 'XSS_SCRIPT_TAG'],
    ['/%253Cscript%253E', 'XSS_SCRIPT_TAG'],
    ['/?a=<script>', 'XSS_SCRIPT_TAG'],
    ['/?a=%3cscript%3e', 'XSS_SCRIPT_TAG'],
    ['/?%3cscript%3e=1', 'XSS_SCRIPT_TAG'],
    ['/?<script>', 'XSS_SCRIPT_TAG'],
    ['/?a=1&b=%u003cscript>', 'XSS_SCRIPT_TAG'],
    ['/?a=%26lt%3Bscript%26gt%3B', 'XSS_SCRIPT_TAG'],
    ['/?a=%26%2360%3Bscript', 'XSS_SCRIPT_TAG'],
    ['/?a=%22+onfocus%3dalert(1)', 'XSS_ATTEMPT'],
    ['/a/../b', 'PATH_TRAVERSAL'],
    ['/..', 'PATH_TRAVERSAL'],
    ['/a/%2e%2e/b', 'PATH_TRAVERSAL'],
    ['/a/.%2E', 'PATH_TRAVERSAL'],
    ['/a/%252e%252e%252fb', 'PATH_TRAVERSAL'],
    ['/a/..%2fb', 'PATH_TRAVERSAL'],
    ['/a%2f..%2fb', 'PATH_TRAVERSAL'],
    ['/a/..%5cb', 'PATH_TRAVERSAL'],
    ['/a/..\\b', 'PATH_TRAVERSAL'],
    ['/a/..;x=1/b', 'PATH_TRAVERSAL'],
    ['/a/%c0%ae%c0%ae/b', 'PATH_TRAVERSAL'],
    ['/a/..%c0%afb', 'PATH_TRAVERSAL'],
    ['/a/%e0%80%ae%e0%80%ae/b', 'PATH_TRAVERSAL'],
    ['/a/..%c1%9cb', 'PATH_TRAVERSAL'],
    ['/a/%uff0e%uff0e/b', 'PATH_TRAVERSAL'],
    ['/a/../b?c=d', 'PATH_TRAVERSAL'],
    ['/?f=..%2f..%2fetc%2fpasswd', 'PATH_TRAVERSAL'],
    ["/?a='+or+1=1--", 'SQL_INJECTION'],
    ['/?a=1%2520union%2520select%25201', 'SQL_INJECTION'],
    ['/?a=1/**/or/**/1=1', 'SQL_INJECTION'],
    ["/items/1'%20or%20'1'='1", 'SQL_INJECTION'],
    ['/?a=%3Bcat+/etc/passwd', 'COMMAND_INJECTION'],
    ['/?a=$(id)', 'COMMAND_INJECTION'],
    ['/a%26%26whoami', 'COMMAND_INJECTION'],
    ['/a&&whoami', 'COMMAND_INJECTION'],
    ['/a%00.html', 'INVALID_HTTP'],
    ['/a%0d%0aSet-Cookie:b', 'INVALID_HTTP'],
  ];
  for (const [target, label] of attacks) {
    it(`finds ${label} in ${target}`, () => assert.ok(labelsOfTarget(target).includes(label)));
  }

  const honest = [
    ...[
      '/',
      '/a/b.html?c=d&e=f',
      '/search?q=the+union+of+all+sets',
      "/?q=O'Brien+or+Smith",
      '/?q=AT%26T',
      '/a..b/...',
    ],
    ...['/?q=100%25', '/caf%C3%A9?q=%E4%BD%A0', "/odata/Items('a')?$filter=a+eq+'b'+or+c+gt+1"],
    ...[
      '/select/from/union',
      '/?a=1;b=2&c=3',
      '/?a[]=1&a[]=2',
      '/?redirect=https%3A%2F%2Fexample.com%2F%3Fa%3Db',
    ],
    ...[
      '/a;jsessionid=1?b',
      '/@scope/name',
      '/~user/',
      '/?json=%7B%22a%22%3A%5B1%2C2%5D%7D',
      '/?q=c%2B%2B',
      '/%7Euser',
    ],
    ...['/?date=2024-01-01..2024-02-01', '/order/by/group', '/?', '/?&&=', '/?a=b?c=d', '*'],
  ];
  for (const target of honest) {
    it(`leaves ${target}`, () => assert.deepEqual(labelsOfTarget(target), []));
  }

  it('takes one climbing segment in a value for a hint', () => {
    const { score } = judgeHead(rules, '/?returnUrl=../home');
    assert.ok(score > 0 && score < 5);
  });
});

describe('inspectHead, headers', () => {
  it('inspects values of cookies', () => {
    assert.deepEqual(matchesOfHeader('cookie', 'a=b; c=%27+or+1%3D1--'), ['sql-tautology cookie:c']);
    assert.ok(matchesOfHeader('cookie', 'a=../../etc/passwd; b=c').includes('path-system-file cookie:a'));
    assert.deepEqual(matchesOfHeader('cookie', 'id=1; ls=2; s=%7B%22a%22%3A%22b%22%7D; t="x y"'), []);
  });

  it('inspects the query of Referer like that of a target', () => {
    assert.deepEqual(matchesOfHeader('referer', 'https://a/b?c=%3Cscript%3E'), [
      'xss-script-tag header:referer:c',
    ]);
    assert.deepEqual(matchesOfHeader('referer', 'https://a/<script>'), ['xss-script-tag header:referer']);
    assert.deepEqual(matchesOfHeader('referer', 'https://a/b/?c=d&id&e=1;f'), []);
  });

  it('inspects other fields as text', () => {
    assert.deepEqual(matchesOfHeader('x-api-version', '$' + '{jndi:ldap://a}'), [
      'template-lookup header:x-api-version',
    ]);
    assert.ok(
      matchesOfHeader('user-agent', '() { :; }; /bin/id').includes('command-function header:user-agent'),
    );
    assert.deepEqual(matchesOfHeader('user-agent', "x' or 1=1-- "), ['sql-tautology header:user-agent']);
  });

  it('knows scanners', () => {
    assert.deepEqual(matchesOfHeader('user-agent', 'sqlmap/1.8#stable'), ['scanner-agent header:user-agent']);
    assert.deepEqual(matchesOfHeader('x-note', 'sqlmap/1.8#stable'), []);
  });

  it('leaves Host alone', () => {
    assert.deepEqual(matchesOfHeader('host', '<script>'), []);
  });

  const honest: readonly (readonly [string, string])[] = [
    [
      'user-agent',
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0',
    ],
    ['accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'],
    ['sec-ch-ua', '"Not/A)Brand";v="8", "Chromium";v="126", "Google Chrome";v="126"'],
    ['if-none-match', 'W/"5f3-18b", "a--b"'],
    ['authorization', 'Bearer eyJhbGciOiJIUzI1NiJ9.eyJhIjoiYiJ9.x-y_z'],
    ['content-type', 'multipart/form-data; boundary=----WebKitFormBoundary'],
    ['x-forwarded-for', '192.0.2.1, 2001:db8::1'],
  ];
  for (const [name, value] of honest) {
    it(`leaves ${name}: ${value.slice(0, 40)}`, () => assert.deepEqual(matchesOfHeader(name, value), []));
  }
});

describe('inspectBody', () => {
  it('reads forms', () => {
    const type = 'application/x-www-form-urlencoded; charset=utf-8';
    assert.deepEqual(matchesOfBody(type, 'a=b&c=%3Cscript%3E'), ['xss-script-tag']);
    assert.deepEqual(matchesOfBody(type, "name=O'Brien&text=see+../../README+or+not&x=1%2B1"), []);
  });

  it('reads the strings of JSON documents', () => {
    assert.deepEqual(matchesOfBody('application/json', '{"a":[{"b":"\\u003cscript\\u003e"}]}'), [
      'xss-script-tag',
    ]);
    assert.deepEqual(matchesOfBody('application/vnd.api+json', '{"\' or 1=1--":1}'), ['sql-tautology']);
    assert.deepEqual(matchesOfBody('application/json', '{"id;ls":"b\'s","--":1,"c":"d"}'), []);
  });

  it('reads what is JSON by its looks, and as text too where it is not JSON after all', () => {
    assert.deepEqual(matchesOfBody('text/plain', '{"a":"\' or 1=1--"}'), ['sql-tautology']);
    assert.deepEqual(matchesOfBody('application/json', '[x <script>'), ['xss-script-tag']);
    assert.deepEqual(matchesOfBody('application/json', '<script>'), ['xss-script-tag']);
  });

  it('reads a document that is cut off', () => {
    assert.deepEqual(matchesOfBody('application/json', '{"a":"<script>'), ['xss-script-tag']);
  });

  it('reads fields and file names of multipart bodies, not the content of files', () => {
    const part = (header: string, content: string): string =>
      `--b\r\nContent-Disposition: form-data; ${header}\r\n\r\n${content}\r\n--b--\r\n`;
    const type = 'multipart/form-data; boundary=b';
    assert.deepEqual(matchesOfBody(type, part('name="a"', '<script>')), ['xss-script-tag']);
    const climbing = matchesOfBody(type, part('name="a"; filename="../../x.php"', 'b'));
    assert.ok(climbing.includes('path-climb-far'));
    assert.deepEqual(matchesOfBody(type, part('name="a"; filename="x.html"', '<script>')), []);
    assert.deepEqual(matchesOfBody('multipart/form-data', part('name="a"', '<script>')), ['xss-script-tag']);
  });

  it('reads everything else as text, media without text aside', () => {
    assert.deepEqual(matchesOfBody(null, '<script>'), ['xss-script-tag']);
    assert.deepEqual(matchesOfBody('text/xml', '<a><![CDATA[<script>]]></a>'), ['xss-script-tag']);
    assert.deepEqual(matchesOfBody('image/svg+xml', '<svg onload="x()">'), ['xss-event-handler']);
    assert.deepEqual(matchesOfBody('image/png', '\x89PNG <script>'), []);
    assert.deepEqual(matchesOfBody('text/plain', "Dear O'Brien,\nselect the union of both; id or ls?\n"), []);
  });

  it('answers the empty list for an empty body', () => {
    assert.deepEqual(matchesOfBody('text/plain', ''), []);
  });
});

describe('matches', () => {
  it('tell rule, part, and the text after decoding with the match in it', () => {
    const [match] = judgeHead(rules, '/a?b=see%20%3CScript%20src=x').matches;
    assert.ok(match !== undefined);
    assert.equal(match.ruleId, 'xss-script-tag');
    assert.equal(match.label, 'XSS_SCRIPT_TAG');
    assert.notEqual(match.message, '');
    assert.equal(match.part, 'query:b');
    assert.equal(match.value, 'see <Script src=x');
    assert.ok(match.value.slice(match.start, match.end).startsWith('<Script'));
    assert.deepEqual(match.decodings, ['url']);
    assert.equal(match.source, null);
  });

  it('tell every decoding', () => {
    const [match] = judgeHead(rules, '/a?b=%2526lt;script%253E').matches;
    assert.deepEqual(match?.decodings, ['url', 'url', 'html']);
  });

  it('count a rule once in each part, and the score of a rule once', () => {
    const { matches, score } = judgeHead(rules, '/%3Cscript%3E?a=%3Cscript%3E&b=%3Cscript%3E');
    assert.deepEqual(
      matches.map((match) => match.part),
      ['path', 'query:a', 'query:b'],
    );
    assert.equal(score, 5);
  });

  it('add up the scores of different rules', () => {
    const { matches, score } = judgeHead(rules, '/?a=..%2fx&b=file:///c:/x');
    assert.equal(
      score,
      matches.reduce((sum, match) => sum + match.score, 0),
    );
    assert.ok(score >= 5);
  });

  it('end with the sixteenth', () => {
    const headers = Array.from({ length: 40 }, (_, index) => [`x-${index}`, `<script>${index}`] as const);
    assert.equal(judgeHead(rules, '/', headers).matches.length, 16);
  });

  it('cut what the client chose', () => {
    const [match] = judgeHead(rules, '/', [
      ['x'.repeat(500), `${'c'.repeat(5000)}<script>${'b'.repeat(5000)}`],
    ]).matches;
    assert.equal(match?.part.length, 64);
    assert.equal(match?.value.length, 512);
    assert.ok(match?.value.slice(match.start).startsWith('<script'));
  });

  it('are one and the same empty, frozen list for requests without any', () => {
    const none: readonly RuleMatch[] = judgeHead(rules, '/').matches;
    assert.ok(Object.isFrozen(none));
    assert.equal(none, judgeHead(rules, '/a?b=c').matches);
    assert.equal(none, judgeBody(rules, 'a', null).matches);
  });

  it('keep to their own request, also where two run at a time', () => {
    const first = rules.begin(requestOf('/?a=<script>'));
    const second = rules.begin(requestOf('/'));
    first.inspectRequestHead();
    second.inspectRequestHead();
    first.inspectRequestBody(bodyOf('<iframe src=javascript:x()>', 'text/plain'));
    assert.equal(second.matches.length, 0);
    assert.ok(first.matches.some(({ part }) => part === 'body'));
  });
});

describe('a run', () => {
  it('refuses from the threshold on', () => {
    const request = requestOf('/?a=..%2fx');
    const { score } = judgeHead(rules, '/?a=..%2fx');
    assert.ok(score > 0 && score < 5);
    assert.equal(rules.begin(request).inspectRequestHead().kind, 'pass');
    assert.deepEqual(builtinOf({ threshold: score }).begin(request).inspectRequestHead(), {
      kind: 'refuse',
      status: 403,
      location: null,
    });
  });

  it('counts head and body together', () => {
    const run = rules.begin(requestOf('/?a=..%2fx'));
    assert.equal(run.inspectRequestHead().kind, 'pass');
    const form = bodyOf('a=file:///x', 'application/x-www-form-urlencoded');
    assert.equal(run.inspectRequestBody(form).kind, 'refuse');
  });

  it('leaves responses alone', () => {
    const run = rules.begin(requestOf('/'));
    assert.equal(run.responseBytesWanted, 0);
    assert.equal(run.inspectResponseBody('<script>').kind, 'pass');
    assert.equal(rules.inspectsResponses, false);
  });
});

describe('createBuiltin', () => {
  it('leaves out parts and families that are switched off', () => {
    const inspected = OPTIONS.inspected;
    const url = builtinOf({ inspected: { ...inspected, url: false } });
    assert.equal(judgeHead(url, '/<script>/..%00').matches.length, 0);
    const headers = builtinOf({ inspected: { ...inspected, headers: false } });
    assert.equal(judgeHead(headers, '/', [['user-agent', 'sqlmap']]).matches.length, 0);
    const body = builtinOf({ inspected: { ...inspected, body: false } });
    assert.equal(judgeBody(body, '<script>', null).matches.length, 0);
    const family = builtinOf({ families: { ...ALL_FAMILIES, xss: false } });
    assert.equal(judgeHead(family, '/?a=%26lt;script>').matches.length, 0);
  });

  it('lists the rules in force', () => {
    const none = Object.fromEntries(Object.keys(ALL_FAMILIES).map((name) => [name, false]));
    const bare = { ...ALL_FAMILIES, ...none } satisfies BuiltinOptions['families'];
    assert.deepEqual(
      builtinOf({ families: bare, customPatterns: ['x', 'y'], learnsHabits: true }).rules.map(({ id }) => id),
      ['custom-pattern-1', 'custom-pattern-2', 'parameter-unlike-habit'],
    );
    const ruleIds = rules.rules.map(({ id }) => id);
    assert.equal(new Set(ruleIds).size, ruleIds.length);
    assert.ok(ruleIds.includes('xss-script-tag') && ruleIds.includes('sql-union'));
    assert.ok(rules.rules.every(({ score, message }) => score >= 2 && score <= 5 && message !== ''));
  });

  it('shows every part to custom patterns, the target as received too', () => {
    const custom = builtinOf({ customPatterns: ['^/admin\\?x=1$', 'needle'] });
    assert.deepEqual(
      judgeHead(custom, '/admin?x=1', [['x-a', 'a needle']]).matches.map(
        ({ label, part }) => `${label} ${part}`,
      ),
      ['CUSTOM_PATTERN: pattern_1 target', 'CUSTOM_PATTERN: pattern_2 header:x-a'],
    );
    assert.equal(judgeBody(custom, '["needle"]', 'application/json').matches.length, 1);
    assert.equal(judgeHead(custom, '/needl%65').matches.length, 1);
  });

  it('names custom patterns that cannot be used', () => {
    const created = createBuiltin({ ...OPTIONS, customPatterns: ['(', 'ok'] });
    assert.ok(!created.ok && created.fault.length === 1 && created.fault[0]?.startsWith('pattern_1 '));
  });

  it('takes exceptions by rule, label, part and path', () => {
    const exception = { ruleId: null, tag: null, part: null, path: null };
    const cases = [
      [{ ...exception, ruleId: 'xss-script-tag' }, 0],
      [{ ...exception, ruleId: 'sql-union' }, 5],
      [{ ...exception, tag: 'XSS_SCRIPT_TAG' }, 0],
      [{ ...exception, ruleId: 'xss-script-tag', part: 'query:html' }, 0],
      [{ ...exception, ruleId: 'xss-script-tag', part: 'query' }, 0],
      [{ ...exception, ruleId: 'xss-script-tag', part: 'query:htm' }, 5],
      [{ ...exception, ruleId: 'xss-script-tag', path: '/editor' }, 0],
      [{ ...exception, ruleId: 'xss-script-tag', path: '/edit' }, 5],
    ] as const;
    for (const [one, score] of cases) {
      const excepted = builtinOf({ exceptions: [one] });
      assert.equal(judgeHead(excepted, '/editor/save?html=<script>').score, score, JSON.stringify(one));
    }
  });
});
