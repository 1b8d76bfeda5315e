import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TRANSFORMATION_ALIASES, TRANSFORMATIONS } from './transformations.ts';
import { createUrlDecodeUni } from './url-decode-uni.ts';

/** Pairs of input and output. */
type Cases = readonly (readonly [string, string])[];

function behaves(name: string, cases: Cases): void {
  const transform = TRANSFORMATIONS.get(name)!;
  for (const [input, output] of cases) assert.equal(transform(input), output, `${name} of ${input}`);
}

describe('decoders of addresses', () => {
  it('leave broken escapes alone and read a blank for a plus sign', () => {
    behaves('urldecode', [
      ['a%20b+c%zz%4', 'a b c%zz%4'],
      ['%2541', '%41'],
      ['%u0041', '%u0041'],
    ]);
    behaves('urldecodeuni', [
      ['%u003cb%U003E+%3c', '<b> <'],
      ['%u00%41', '%u00A'],
      ['%u004', '%u004'],
    ]);
  });

  it('make one byte of a wide escape, full-width forms what they look like', () => {
    behaves('urldecodeuni', [
      ['%uff1cscript%uFF1E', '<script>'],
      ['%u0127', '\x27'],
      ['%uff5f', '\x5f'],
    ]);
  });

  it('read wide escapes through a code page where one is configured', () => {
    const transform = createUrlDecodeUni(new Map([[0x2019, 0x27]]));
    assert.equal(transform('%u2019 %uff07 %u0141'), "' ' A");
  });

  it('encode all but letters, digits and the asterisk', () => {
    behaves('urlencode', [
      ['a b&*\xff', 'a+b%26*%ff'],
      ['aZ9*', 'aZ9*'],
    ]);
  });
});

describe('decoders of strings', () => {
  it('undo the escapes of JavaScript', () => {
    behaves('jsdecode', [
      ['\\u0061\\x6cert\\(1\\)', 'alert(1)'],
      ['\\74\\074\\0741', '<<<1'],
      ['\\400\\377', ' 0\xff'],
      ['\\uff1c\\q\\', '<q\\'],
      ['\\u00', 'u00'],
    ]);
  });

  it('undo the escapes of C', () => {
    behaves('escapeseqdecode', [
      ["a\\x20b\\'\\101", "a b'A"],
      ['\\n\\r\\t\\v\\f\\a\\b', '\n\r\t\v\f\x07\b'],
      ['\\xg\\', 'xg\\'],
    ]);
  });

  it('undo the escapes of style sheets', () => {
    behaves('cssdecode', [
      ['ja\\vasc\\72 ipt\\ff1a', 'javascript:'],
      ['\\000061  b\\\nc\\', 'a bc'],
      ['\\00ff1c\\01ff1c', '<\x1c'],
    ]);
  });
});

describe('htmlEntityDecode', () => {
  it('makes one byte of every reference, whatever its number', () => {
    behaves('htmlentitydecode', [
      ['&#60;&#x3C&#X00003c;', '<<<'],
      ['&#x13c;&#316;', '<<'],
      [`&#${'0'.repeat(40)}60;`, '<'],
      ['&#;&#x;&#xg&', '&#;&#x;&#xg&'],
    ]);
  });

  it('knows the names of HTML 2 without and those of other ASCII characters with their semicolon', () => {
    behaves('htmlentitydecode', [
      ['&LT&gt;&amp;&quot&nbsp;', '<>&"\xa0'],
      ['java&Tab;script&colon;alert&lpar;1&rpar;', 'java\tscript:alert(1)'],
      ['a&colon b&copy;&ltx', 'a&colon b&copy;&ltx'],
    ]);
  });
});

describe('utf8toUnicode', () => {
  it('writes characters beyond ASCII with four digits or as many as they need', () => {
    behaves('utf8tounicode', [
      ['a\xd0\x90b', 'a%u0410b'],
      ['\xe2\x80\x99', '%u2019'],
      ['\xf0\x9f\x98\x80', '%u1f600'],
    ]);
  });

  it('shows what over-long forms stand for and leaves alone what is not UTF-8', () => {
    behaves('utf8tounicode', [
      ['\xc0\xbcscript', '%u003cscript'],
      ['\xff\x80\xc3', '\xff\x80\xc3'],
      ['\xc3(', '\xc3('],
    ]);
  });
});

describe('case', () => {
  it('is changed of ASCII letters only', () => {
    behaves('lowercase', [
      ['UNION \xc0\xdf', 'union \xc0\xdf'],
      ['A', 'a'],
    ]);
    behaves('uppercase', [
      ['union \xe0\xff\xb5\xdf', 'UNION \xe0\xff\xb5\xdf'],
      ['z', 'Z'],
    ]);
  });
});

describe('white space and NUL', () => {
  it('are taken away, replaced or joined', () => {
    behaves('removewhitespace', [['a \t\r\n\v\fb\xc2\xa0c\xa0d', 'abcd']]);
    behaves('compresswhitespace', [
      ['a \t b\nc', 'a b c'],
      ['a\xc2\xa0 b', 'a b'],
      ['a b c', 'a b c'],
    ]);
    behaves('removenulls', [['\0a\0\0b\0', 'ab']]);
    behaves('replacenulls', [['\0a\0\0b', ' a  b']]);
  });

  it('are trimmed where asked', () => {
    behaves('trim', [
      [' \t a b\r\n', 'a b'],
      [' \n ', ''],
    ]);
    behaves('trimleft', [[' \t a ', 'a ']]);
    behaves('trimright', [[' a \r\n', ' a']]);
  });
});

describe('comments', () => {
  it('are replaced by a blank', () => {
    behaves('replacecomments', [
      ['UNION/*x*/SELECT/**//', 'UNION SELECT /'],
      ['a/*b/*c', 'a '],
      ['a*/b/*/c', 'a*/b '],
    ]);
  });

  it('are taken away', () => {
    behaves('removecomments', [
      ['a<!-- b -->c/* d */e-- f', 'ace '],
      ['a#b', 'a '],
      ['a/*b', 'a '],
      ['a/*/b*/c', 'ac'],
    ]);
  });

  it('lose their marks', () => {
    behaves('removecommentschar', [['a--b#c<!--d-->/*e*/f', 'abcdef']]);
  });
});

describe('commands and paths', () => {
  it('lose what hides a command', () => {
    behaves('cmdline', [
      ['C^MD.exe,  /c "dir"', 'cmd.exe/c dir'],
      ["w'g'et\\ ;; (x)", 'wget(x)'],
      ['a \0 b', 'a \0 b'],
      ['plain words', 'plain words'],
    ]);
  });

  it('are resolved', () => {
    behaves('normalizepath', [
      ['/a//./b/../../../etc/passwd', '/etc/passwd'],
      ['x/../../y', '../y'],
      ['/..', '/'],
      ['//', '/'],
      ['a/..', ''],
      ['a/b.', 'a/b.'],
      ['..a/.b', '..a/.b'],
    ]);
    behaves('normalizepathwin', [['\\a\\.\\b\\..\\c', '/a/c']]);
  });

  it('are known by another spelling', () => {
    assert.equal(TRANSFORMATION_ALIASES.get('normalisepath'), 'normalizepath');
    for (const name of TRANSFORMATION_ALIASES.values()) assert.ok(TRANSFORMATIONS.has(name));
  });
});

describe('encodings of bytes', () => {
  it('decode base64 up to what does not belong to it, or past it', () => {
    behaves('base64decode', [
      ['YWxl\r\ncnQoMSk=', 'alert(1)'],
      ['YWx.lcnQ', 'al'],
      ['YQ', 'a'],
      ['Y', ''],
    ]);
    behaves('base64decodeext', [['YWx.lcnQ=oMSk=', 'alert(1)']]);
    behaves('base64encode', [['alert(1)', 'YWxlcnQoMSk=']]);
  });

  it('decode and encode hexadecimal digits', () => {
    behaves('hexdecode', [['6161zz622', 'aazzb']]);
    behaves('hexencode', [['A\xff', '41ff']]);
    behaves('sqlhexdecode', [['SELECT 0x414243d, 0Xff 0x1', 'SELECT ABCd, \xff 0x1']]);
  });

  it('set parity bits and clear them', () => {
    behaves('parityeven7bit', [['ac', '\xe1c']]);
    behaves('parityodd7bit', [['ac', 'a\xe3']]);
    behaves('parityzero7bit', [['\xe1c', 'ac']]);
  });

  it('count and digest', () => {
    behaves('length', [['abc', '3']]);
    const hex = TRANSFORMATIONS.get('hexencode')!;
    assert.equal(hex(TRANSFORMATIONS.get('md5')!('')), 'd41d8cd98f00b204e9800998ecf8427e');
    assert.equal(hex(TRANSFORMATIONS.get('sha1')!('')), 'da39a3ee5e6b4b0d3255bfef95601890afd80709');
  });
});

describe('phpArgsNames', () => {
  it('writes names as PHP registers them', () => {
    behaves('phpargsnames', [
      ['  a.b c', 'a_b_c'],
      ['a.b[c.d]e', 'a_b[c.d]'],
      ['a[b.c', 'a_b.c'],
      ['a[b][c', 'a[b]'],
      ['[a]', ''],
    ]);
  });
});
