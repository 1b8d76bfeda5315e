import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gradeUpload } from './uploaded-programs.ts';

function ruleOf(fileName: string, beginning: string, type = ''): string | null {
  return gradeUpload({ field: 'file', fileName, size: beginning.length, beginning }, type)?.id ?? null;
}

describe('an uploaded file', () => {
  it('with a program that takes commands is refused', () => {
    for (const [name, content] of [
      ['a.php', "<?php system($_GET['c']); ?>"],
      ['a.php.jpg', 'GIF89a;<?= `$_POST[0]` ?>'],
      ['a.pHtml ', '<?php eval(base64_decode("x"));'],
      ['s.jsp', '<% Runtime.getRuntime().exec(request.getParameter("c")); %>'],
      ['s.aspx', '<%@ Page Language="C#" %><% eval(Request["c"]) %>'],
      ['s.cgi', '#!/usr/bin/perl\nprint 1;'],
    ] as const) {
      assert.equal(ruleOf(name, content), 'upload-program', name);
    }
    assert.equal(ruleOf('picture.png', '<?php passthru("id");', 'application/x-php'), 'upload-program');
  });

  it('with settings that turn pictures into programs is refused', () => {
    assert.equal(ruleOf('.htaccess', 'AddType application/x-httpd-php .png'), 'upload-settings');
    assert.equal(ruleOf('.user.ini', 'auto_prepend_file=a.gif'), 'upload-settings');
  });

  it('of any other kind passes', () => {
    for (const [name, content] of [
      ['notes.md', '<?php system($_GET[1]);'],
      ['photo.jpg', '\xff\xd8\xff<?php system(1)'],
      ['view.php', '<?php\n\nreturn [];\n'],
      ['page.jsp', '<%@ page contentType="text/html" %><p>Hello</p>'],
      ['.htaccess', 'Require all denied'],
    ] as const) {
      assert.equal(ruleOf(name, content), null, name);
    }
  });
});
