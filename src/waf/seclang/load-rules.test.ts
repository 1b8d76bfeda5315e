import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FAULTS_MAX } from './fault-list.ts';
import { INCLUDE_DEPTH_MAX } from './load-rules.ts';
import { faultsOf, loadWell, rulesOf } from './testing/load-text.ts';

/** A rule with what every rule needs, and more actions. */
function rule(more = '', targets = 'ARGS', operator = '@rx a'): string {
  return `SecRule ${targets} "${operator}" "id:1,phase:2,pass${more === '' ? '' : `,${more}`}"\n`;
}

describe('loading rules', () => {
  it('reads targets, operator and actions into canonical names', () => {
    const [loaded] = rulesOf(
      'secrule "args|!ARGS:Token|&tx:/^A|b/" "!@RX a\\"b\\d" "ID:7,Phase:request,t:normalisePath,severity:Critical,\\\n  msg:\'one, \\\'two\\\'\',PASS"',
    );
    assert.deepEqual(loaded?.targets, [
      { use: 'include', collection: 'ARGS', selector: null },
      { use: 'exclude', collection: 'ARGS', selector: { kind: 'name', name: 'token' } },
      { use: 'count', collection: 'TX', selector: { kind: 'pattern', source: '^A|b' } },
    ]);
    assert.deepEqual(loaded?.operator, { name: 'rx', negated: true, argument: 'a"b\\d' });
    assert.deepEqual(loaded?.actions, [
      { name: 'id', value: '7' },
      { name: 'phase', value: '2' },
      { name: 't', value: 'normalizepath' },
      { name: 'severity', value: '2' },
      { name: 'msg', value: "one, 'two'" },
      { name: 'pass', value: null },
    ]);
    assert.deepEqual(loaded?.place, { file: '/rules.conf', line: 1 });
  });

  it('does not take the paths of XML for regular expressions', () => {
    const [loaded] = rulesOf(rule('', 'XML:/*|XML://@*|ARGS'));
    assert.deepEqual(
      loaded?.targets.map(({ selector }) => selector),
      [{ kind: 'path', path: '/*' }, { kind: 'path', path: '//@*' }, null],
    );
  });

  it('takes an operator without a name for a regular expression', () => {
    assert.deepEqual(rulesOf(rule('', 'ARGS', '!^(?:a|b)$'))[0]?.operator, {
      name: 'rx',
      negated: true,
      argument: '^(?:a|b)$',
    });
  });

  it('hangs chained rules below the first one', () => {
    const rules = rulesOf(
      `${rule('chain')}SecRule ARGS b chain\nSecRule ARGS c\n${rule().replace('id:1', 'id:2')}`,
    );
    assert.equal(rules.length, 2);
    assert.deepEqual(
      rules[0]?.links.map((link) => link.operator?.argument),
      ['b', 'c'],
    );
  });

  it('passes over comments, and a comment never continues', () => {
    const set = loadWell(`# a path C:\\\n${rule()}   # SecNonsense\n\n`);
    assert.equal(set.items.length, 1);
  });

  it('reads settings, defaults, components and markers', () => {
    const set = loadWell(
      [
        'SecRuleEngine DetectionOnly',
        'SecRequestBodyLimit 1000',
        'SecResponseBodyMimeType text/HTML application/json',
        'SecUnicodeMapFile unicode.mapping 20127',
        'SecDefaultAction "phase:2,log,deny,status:406"',
        'SecComponentSignature "a/1"',
        'SecMarker END',
      ].join('\r\n'),
    );
    assert.equal(set.settings.engine, 'detection-only');
    assert.equal(set.settings.requestBodyLimit, 1000);
    assert.deepEqual(set.settings.responseBodyMimeTypes, ['text/html', 'application/json']);
    assert.equal(set.defaultActions.get(2)?.length, 4);
    assert.deepEqual(set.components, ['a/1']);
    assert.deepEqual(set.items, [{ kind: 'marker', place: { file: '/rules.conf', line: 7 }, name: 'END' }]);
  });

  it('accepts what a usual configuration of ModSecurity sets up', () => {
    const set = loadWell(
      [
        'SecRequestBodyAccess On\nSecRequestBodyNoFilesLimit 131072\nSecRequestBodyLimitAction ProcessPartial',
        'SecRequestBodyJsonDepthLimit 512\nSecArgumentsLimit 500\nSecPcreMatchLimit 1000\nSecTmpDir /tmp/',
        'SecResponseBodyLimitAction ProcessPartial\nSecAuditEngine RelevantOnly\nSecAuditLogParts ABIJDEFHZ',
        'SecAuditLogRelevantStatus "^5"\nSecAuditLog /var/log/audit.log\nSecAuditLogType Serial',
        'SecArgumentSeparator &\nSecCookieFormat 0\nSecStatusEngine Off\nSecDebugLogLevel 3',
        `SecRule REQBODY_ERROR "!@eq 0" "id:'200002', phase:2,t:none,log,deny,status:400,logdata:'%{reqbody_error_msg}',severity:2"`,
        'SecRule TX:/^MSC_/ "!@streq 0" "id:5,phase:2,t:none,deny,msg:\'%{MATCHED_VAR_NAME}\'"',
      ].join('\n'),
    );
    assert.equal(set.settings.argumentsLimit, 500);
    assert.equal(set.settings.auditEngine, 'relevant-only');
    assert.equal(set.items.length, 2);
  });

  it('loads included files in place, relative to the file that includes them', () => {
    const set = loadWell('Include more/*.conf\nInclude more/*.none\n', {
      '/more/b.conf': rule().replace('id:1', 'id:3'),
      '/more/a.conf': 'Include inner/c.conf',
      '/more/inner/c.conf': rule(),
    });
    assert.deepEqual(
      set.items.map((item) => item.place.file),
      ['/more/inner/c.conf', '/more/b.conf'],
    );
  });

  it('ends a file that includes itself', () => {
    const faults = faultsOf('Include /rules.conf');
    assert.equal(faults.length, 1);
    assert.match(faults[0] ?? '', new RegExp(`nested more than ${INCLUDE_DEPTH_MAX}`));
  });

  it('leaves initcol out, for nothing can use such a collection', () => {
    assert.deepEqual(
      rulesOf(rule('initcol:ip=%{REMOTE_ADDR}'))[0]?.actions.map(({ name }) => name),
      ['id', 'phase', 'pass'],
    );
  });

  it('reports all faults up to a cap', () => {
    const faults = faultsOf('SecNonsense\n'.repeat(FAULTS_MAX * 2));
    assert.equal(faults.length, FAULTS_MAX + 1);
    assert.match(faults.at(-1) ?? '', /more faults/);
  });
});

describe('faults of a load', () => {
  const cases: readonly (readonly [title: string, text: string, line: number, message: RegExp])[] = [
    ['an unknown directive', '\nSecNonsense on', 2, /no directive "SecNonsense"/],
    [
      'a refused directive',
      'SecRemoteRules key https://x',
      1,
      /SecRemoteRules: It is refused: rules are loaded/,
    ],
    ['a value that would matter', 'SecCookieFormat 1', 1, /"1" is refused.*write 0/],
    ['a value out of range', 'SecRequestBodyLimit 0', 1, /whole number/],
    ['an unknown operator', rule('', 'ARGS', '@nonsense x'), 1, /no operator "@nonsense"/],
    ['a refused operator', rule('', 'ARGS', '@rbl x'), 1, /"@rbl" is refused\. A request does not wait/],
    ['an unknown variable', rule('', 'ARGS|NONSENSE'), 1, /no variable NONSENSE/],
    ['a persistent collection', rule('', 'IP:hits'), 1, /IP is refused.*outlive/],
    ['a part of a single value', rule('', 'REQUEST_URI:a'), 1, /REQUEST_URI is one value/],
    ['another path into XML', rule('', 'XML:/a/b'), 1, /path XML:\/a\/b/],
    ['only exclusions', rule('', '!ARGS:a'), 1, /exclusions/],
    ['an unknown action', rule('nonsense'), 1, /no action "nonsense"/],
    ['a refused action', rule('exec:/bin/x'), 1, /"exec" is refused/],
    ['an unknown ctl', rule('ctl:nonsense=1'), 1, /ctl cannot change "nonsense"/],
    ['a ctl with bad targets', rule('ctl:ruleRemoveTargetById=1;NONSENSE'), 1, /no variable NONSENSE/],
    ['an unknown transformation', rule('t:nonsense'), 1, /no transformation "nonsense"/],
    ['a setvar without a name', rule('setvar:tx.=1'), 1, /no name/],
    ['a setvar elsewhere', rule('setvar:args.a=1'), 1, /cannot write ARGS/],
    ['an unknown macro', rule("msg:'%{nonsense.a}'"), 1, /no variable NONSENSE/],
    ['a taken id', rule() + rule(), 2, /id 1 is taken by the rule in \/rules\.conf:1/],
    ['no id', 'SecAction phase:1,pass', 1, /no id/],
    ['no phase', 'SecAction id:5,pass', 1, /no phase/],
    ['two decisions', rule('deny'), 1, /\(pass, deny\)/],
    ['an unknown marker', `SecMarker A\n${rule('skipAfter:A')}`, 2, /No SecMarker "A" follows/],
    ['a chain without a rule', rule('chain'), 1, /no rule follows/],
    ['a chain cut by a marker', `${rule('chain')}SecMarker A\nSecRule ARGS b`, 1, /no rule follows/],
    [
      'a decision in a chained rule',
      `${rule('chain')}SecRule ARGS b deny`,
      2,
      /chained rule has the action "deny"/,
    ],
    ['an open quotation mark', 'SecRule ARGS "@rx a', 1, /not closed/],
    ['an open value', rule("msg:'a"), 1, /no closing '/],
    ['a removal without a rule', 'SecRuleRemoveById 5', 1, /id 5/],
    ['an update without a rule', 'SecRuleUpdateTargetByTag t "!ARGS:a"', 1, /tag "t"/],
    ['a second default', 'SecDefaultAction "phase:1,pass"\n'.repeat(2), 2, /phase 1 already/],
    ['a missing file', 'Include none.conf', 1, /not there/],
  ];
  for (const [title, text, line, message] of cases) {
    it(`names ${title} by its line`, () => {
      const [first = ''] = faultsOf(text);
      assert.match(first, message);
      assert.ok(first.startsWith(`${line}: `), first);
    });
  }
});
