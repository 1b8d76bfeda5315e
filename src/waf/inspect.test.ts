import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RuleMatch } from '../core/verdict.ts';
import { createInspector, type Inspector, type InspectorOptions, type RequestView } from './inspect.ts';

const ALL_FAMILIES = { sqlInjection: true, xss: true, pathTraversal: true, commandInjection: true };
const OPTIONS: InspectorOptions = {
  inspectUrl: true,
  inspectHeaders: true,
  inspectBody: true,
  families: ALL_FAMILIES,
  customPatterns: [],
};

function inspectorOf(options: Partial<InspectorOptions> = {}): Inspector {
  const created = createInspector({ ...OPTIONS, ...options });
  assert.ok(created.ok);
  return created.value;
}

function requestOf(target: string, headers: readonly (readonly [string, string])[] = []): RequestView {
  return {
    method: 'GET',
    target,
    headerCount: headers.length,
    headerName: (index) => headers[index]?.[0] ?? '',
    headerValue: (index) => headers[index]?.[1] ?? '',
    header: (name) => headers.find(([known]) => known === name)?.[1] ?? null,
  };
}

const inspector = inspectorOf();

function labelsOfTarget(target: string): string[] {
  return inspector.inspectHead(requestOf(target)).map((match) => match.label);
}

function matchesOfHeader(name: string, value: string): string[] {
  return inspector
    .inspectHead(requestOf('/', [[name, value]]))
    .map(({ ruleId, part }) => `${ruleId} ${part}`);
}

function matchesOfBody(contentType: string | null, body: string, complete = true): string[] {
  const request = requestOf('/', contentType === null ? [] : [['content-type', contentType]]);
  return inspector.inspectBody(request, Buffer.from(body, 'utf8'), complete).map(({ ruleId }) => ruleId);
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
    ...[
      '/?returnUrl=../home',
      '/?q=100%25',
      '/caf%C3%A9?q=%E4%BD%A0',
      "/odata/Items('a')?$filter=a+eq+'b'+or+c+gt+1",
    ],
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
});

describe('inspectHead, headers', () => {
  it('inspects values of cookies', () => {
    assert.deepEqual(matchesOfHeader('cookie', 'a=b; c=%27+or+1%3D1--'), ['sql-tautology header:cookie']);
    assert.deepEqual(matchesOfHeader('cookie', 'a=../../etc/passwd; b=c'), ['path-traversal header:cookie']);
    assert.deepEqual(matchesOfHeader('cookie', 'id=1; ls=2; s=%7B%22a%22%3A%22b%22%7D; t="x y"'), []);
  });

  it('inspects the query of Referer like that of a target', () => {
    assert.deepEqual(matchesOfHeader('referer', 'https://a/b?c=%3Cscript%3E'), [
      'xss-script-tag header:referer',
    ]);
    assert.deepEqual(matchesOfHeader('referer', 'https://a/<script>'), ['xss-script-tag header:referer']);
    assert.deepEqual(matchesOfHeader('referer', 'https://a/b/?c=d&id&e=1;f'), []);
  });

  it('inspects other fields as text', () => {
    assert.deepEqual(matchesOfHeader('x-api-version', '$' + '{jndi:ldap://a}'), [
      'command-lookup header:x-api-version',
    ]);
    assert.deepEqual(matchesOfHeader('user-agent', '() { :; }; /bin/id'), [
      'command-function header:user-agent',
    ]);
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
    assert.deepEqual(matchesOfBody('application/json', '{"a":"<script>', false), ['xss-script-tag']);
  });

  it('reads fields and file names of multipart bodies, not the content of files', () => {
    const part = (header: string, content: string): string =>
      `--b\r\nContent-Disposition: form-data; ${header}\r\n\r\n${content}\r\n--b--\r\n`;
    const type = 'multipart/form-data; boundary=b';
    assert.deepEqual(matchesOfBody(type, part('name="a"', '<script>')), ['xss-script-tag']);
    assert.deepEqual(matchesOfBody(type, part('name="a"; filename="../../x.php"', 'b')), ['path-traversal']);
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
  it('tell rule, label, part and the text after decoding', () => {
    assert.deepEqual(inspector.inspectHead(requestOf('/a?b=%3CScript%20src=x')), [
      { ruleId: 'xss-script-tag', label: 'XSS_SCRIPT_TAG', part: 'query', evidence: '<Script' },
    ]);
  });

  it('count a rule once in each part, and end with the eighth', () => {
    const twice = inspector.inspectHead(requestOf('/%3Cscript%3E?a=%3Cscript%3E&b=%3Cscript%3E'));
    assert.deepEqual(
      twice.map((match) => match.part),
      ['path', 'query'],
    );
    const headers = Array.from({ length: 20 }, (_, index) => [`x-${index}`, '<script>'] as const);
    assert.equal(inspector.inspectHead(requestOf('/', headers)).length, 8);
  });

  it('cut what the client chose', () => {
    const [match] = inspector.inspectHead(
      requestOf('/', [['x'.repeat(500), `<a ${'b'.repeat(500)} onclick=x>`]]),
    );
    assert.equal(match?.part.length, 64);
    assert.equal(match?.evidence.length, 120);
  });

  it('are one and the same empty, frozen list for requests without any', () => {
    const none: readonly RuleMatch[] = inspector.inspectHead(requestOf('/'));
    assert.ok(Object.isFrozen(none));
    assert.equal(none, inspector.inspectHead(requestOf('/a?b=c')));
    assert.equal(none, inspector.inspectBody(requestOf('/'), Buffer.from('a'), true));
  });

  it('do not leak into the next request', () => {
    assert.equal(inspector.inspectHead(requestOf('/<script>')).length, 1);
    assert.equal(inspector.inspectHead(requestOf('/')).length, 0);
  });
});

describe('createInspector', () => {
  it('leaves out parts and families that are switched off', () => {
    const url = inspectorOf({ inspectUrl: false });
    assert.equal(url.inspectHead(requestOf('/<script>/..%00')).length, 0);
    const headers = inspectorOf({ inspectHeaders: false });
    assert.equal(headers.inspectHead(requestOf('/', [['user-agent', 'sqlmap']])).length, 0);
    const body = inspectorOf({ inspectBody: false });
    assert.equal(body.inspectBody(requestOf('/'), Buffer.from('<script>'), true).length, 0);
    const family = inspectorOf({ families: { ...ALL_FAMILIES, xss: false } });
    assert.equal(family.inspectHead(requestOf('/?a=%26lt;script>')).length, 0);
    const encoding = inspectorOf({ blockInvalidHttp: false });
    assert.equal(encoding.inspectHead(requestOf('/a%00')).length, 0);
  });

  it('lists the rules in force', () => {
    const bare = { sqlInjection: false, xss: false, pathTraversal: false, commandInjection: false };
    assert.deepEqual(
      inspectorOf({ families: bare, customPatterns: ['x', 'y'] }).rules.map(({ id }) => id),
      ['scanner-agent', 'custom-pattern-1', 'custom-pattern-2', 'invalid-path-encoding'],
    );
    const ruleIds = inspector.rules.map(({ id }) => id);
    assert.equal(new Set(ruleIds).size, ruleIds.length);
    assert.ok(ruleIds.includes('xss-script-tag') && ruleIds.includes('sql-union'));
  });

  it('shows every part to custom patterns, the target as received too', () => {
    const custom = inspectorOf({ customPatterns: ['^/admin\\?x=1$', 'needle'] });
    const head = custom.inspectHead(requestOf('/admin?x=1', [['x-a', 'a needle']]));
    assert.deepEqual(
      head.map(({ label, part }) => `${label} ${part}`),
      ['CUSTOM_PATTERN: pattern_1 target', 'CUSTOM_PATTERN: pattern_2 header:x-a'],
    );
    const body = custom.inspectBody(
      requestOf('/', [['content-type', 'application/json']]),
      Buffer.from('["needle"]'),
      true,
    );
    assert.deepEqual(
      body.map((match) => match.part),
      ['body'],
    );
    assert.equal(custom.inspectHead(requestOf('/needl%65')).length, 1);
  });

  it('names custom patterns that cannot be used', () => {
    const created = createInspector({ ...OPTIONS, customPatterns: ['(', 'ok'] });
    assert.ok(!created.ok && created.fault.length === 1 && created.fault[0]?.startsWith('pattern_1 '));
  });
});
