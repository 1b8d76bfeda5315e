import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FormDataParser } from './form-data.ts';
import type { MultipartFlags, ParsedBody } from './parsed-body.ts';
import { LIMITS, pairsOf, readWhole } from './testing/bodies.ts';

const TYPE = 'multipart/form-data; boundary=xy';

function parse(text: string, limits = {}, contentType: string | null = TYPE, complete = true): ParsedBody {
  return readWhole(new FormDataParser(contentType, { ...LIMITS, ...limits }), text, complete);
}

/** A form of one part with that Content-Disposition behind `form-data`. */
function partWith(parameters: string, content = 'content', more = ''): string {
  return `--xy\r\nContent-Disposition: form-data${parameters}\r\n${more}\r\n${content}\r\n--xy--\r\n`;
}

function raised(body: ParsedBody): string[] {
  return Object.entries(body.multipart ?? {})
    .filter(([, value]) => value)
    .map(([name]) => name);
}

function raises(flag: keyof MultipartFlags, text: string, contentType = TYPE): void {
  assert.ok(raised(parse(text, {}, contentType)).includes(flag), `${flag}: ${JSON.stringify(text)}`);
}

const PLAIN = partWith('; name="a"');

describe('the parser of multipart/form-data', () => {
  it('gives fields, files and header lines, and raises no flag', () => {
    const body = parse(
      '--xy\r\nContent-Disposition: form-data; name="a"\r\n\r\none\r\ntwo\r\n' +
        '--xy\r\nContent-Disposition: form-data; name="f"; filename="x.php"\r\nContent-Type: text/plain\r\n\r\n' +
        '<?php\r\n--xy--\r\n',
    );
    assert.deepEqual(pairsOf(body), ['a=one\r\ntwo']);
    assert.deepEqual(body.files, [{ field: 'f', fileName: 'x.php', size: 5, beginning: '<?php' }]);
    assert.deepEqual(body.partHeaders, [
      { part: 'a', line: 'Content-Disposition: form-data; name="a"' },
      { part: 'f', line: 'Content-Disposition: form-data; name="f"; filename="x.php"' },
      { part: 'f', line: 'Content-Type: text/plain' },
    ]);
    assert.equal(body.fault, null);
    assert.deepEqual(raised(body), []);
  });

  it('keeps the beginning of a file and its size', () => {
    const body = parse(partWith('; name="f"; filename="x"', 'z'.repeat(5000)), { fileBytesKept: 10 });
    assert.deepEqual(body.files, [{ field: 'f', fileName: 'x', size: 5000, beginning: 'z'.repeat(10) }]);
    assert.deepEqual(body.fields, []);
  });

  it('takes a part without content, and content that only looks like a delimiter', () => {
    assert.deepEqual(pairsOf(parse(partWith('; name="a"', ''))), ['a=']);
    const text = '--\r\n-- x\r\n-----BEGIN KEY-----\r\n--x';
    const body = parse(partWith('; name="a"', text));
    assert.deepEqual(pairsOf(body), [`a=${text}`]);
    assert.deepEqual(raised(body), []);
  });

  it('inspects a part as a field too unless every program takes it for a file', () => {
    for (const parameters of [
      '; name="f"; filename=""',
      '; name="f"; filename=x',
      '; name="f"; filename=\'x\'',
    ]) {
      assert.deepEqual(pairsOf(parse(partWith(parameters))), ['f=content'], parameters);
    }
    const twice = parse(partWith('; name="f"; filename="x"; filename="y"'));
    assert.deepEqual(pairsOf(twice), ['f=content']);
    assert.deepEqual(
      twice.files.map(({ fileName }) => fileName),
      ['x', 'y'],
    );
  });

  it('sees through filename*', () => {
    const differing = parse(partWith('; name="f"; filename="a.txt"; filename*=UTF-8\'\'b%2Ephp'));
    assert.equal(differing.fault?.kind, 'syntax');
    assert.ok(differing.files.some(({ fileName }) => fileName === 'b.php'));
    const same = parse(partWith('; name="f"; filename="a.txt"; filename*=utf-8\'\'a.txt'));
    assert.equal(same.fault, null);
    assert.equal(parse(partWith('; name="f"; filename*0="a"; filename*1=".php"')).fault?.kind, 'syntax');
  });

  it('reports parts that have no name, two names, no disposition or a broken header', () => {
    for (const text of [
      partWith(''),
      partWith('; name="a"; name="b"'),
      partWith('; name="a" junk'),
      partWith('; name="a'),
      partWith('; name="a"', 'x', 'Content-Disposition: form-data; name="b"\r\n'),
      partWith('; name="a"', 'x', 'no colon\r\n'),
      partWith('; name="a"', 'x', '\u000eHeader: y\r\n'),
      partWith('; name="a"', 'x', 'Header: y\rz\r\n'),
      '--xy\r\nContent-Type: text/plain\r\n\r\nx\r\n--xy--\r\n',
      '--xy\r\nContent-Disposition: attachment; name="a"\r\n\r\nx\r\n--xy--\r\n',
      '--xy\r\nContent-Disposition: form-data; name="a"\r\n--xy--\r\n',
    ]) {
      const body = parse(text);
      assert.equal(body.fault?.kind, 'syntax', text);
      raises('invalidPart', text);
      assert.ok(body.partHeaders.length > 0);
    }
  });

  it('reads escaped quotation marks in names', () => {
    assert.deepEqual(pairsOf(parse(partWith('; name="a\\"b\\\\c\\d;e"'))), ['a"b\\c\\d;e=content']);
  });
});

describe('the flags of multipart/form-data', () => {
  it('tell how the boundary is written', () => {
    raises('boundaryQuoted', PLAIN, 'multipart/form-data; boundary="xy"');
    raises('boundaryWhitespace', PLAIN, 'multipart/form-data; boundary =xy');
    raises('boundaryWhitespace', PLAIN, 'multipart/form-data; boundary= xy');
    raises('missingSemicolon', PLAIN, 'multipart/form-data boundary=xy');
  });

  it('tell of text around the parts, which is kept', () => {
    raises('dataBefore', `<script>\r\n${PLAIN}`);
    raises('dataAfter', `${PLAIN}<script>`);
    assert.deepEqual(pairsOf(parse(`<b>\r\n${PLAIN}<script>`)), ['a=content', '=<b><script>']);
    assert.deepEqual(raised(parse(`\r\n${PLAIN}\r\n`)), []);
  });

  it('tell of line ends', () => {
    const lf = PLAIN.replaceAll('\r\n', '\n');
    assert.deepEqual(raised(parse(lf)), ['lfLine']);
    assert.deepEqual(pairsOf(parse(lf)), ['a=content']);
    raises('crlfLfLines', PLAIN.replace('\r\n', '\n'));
  });

  it('tell of folded header lines', () => {
    raises('headerFolding', partWith(';\r\n name="a"'));
    assert.deepEqual(pairsOf(parse(partWith(';\r\n\tname="a"'))), ['a=content']);
    raises('invalidHeaderFolding', partWith('; name="a"', 'x', '\u000bfolded\r\n'));
    raises('invalidHeaderFolding', PLAIN.replace('Content-D', ' Content-D'));
  });

  it('tell of quotation marks that are none', () => {
    raises('invalidQuoting', partWith("; name='a'"));
    raises('invalidQuoting', partWith('; name=a"b'));
    raises('invalidQuoting', partWith('; name="a'));
  });

  it('tell of an encoding of content that few programs undo', () => {
    raises('invalidPart', partWith('; name="a"', 'PHNjcmlwdD4=', 'Content-Transfer-Encoding: base64\r\n'));
    assert.deepEqual(raised(parse(partWith('; name="a"', 'x', 'Content-Transfer-Encoding: 8bit\r\n'))), []);
  });

  it('tell of what may be a boundary for somebody else', () => {
    raises('unmatchedBoundary', partWith('; name="a"', 'x\r\n--xyz\r\ny'));
    raises(
      'unmatchedBoundary',
      partWith('; name="a"', 'x\r\n--other\r\nContent-Disposition: form-data; name="b"'),
    );
    raises('unmatchedBoundary', PLAIN.replace('--xy\r', '--xy \r'));
    raises('unmatchedBoundary', partWith('; name="a"').slice(0, -5));
  });
});

describe('the limits of multipart/form-data', () => {
  it('bound parts, and keep what is left as one text', () => {
    const part = '--xy\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\nbody\r\n';
    const body = parse(`${part.repeat(3)}--xy--`, { partsMax: 2 });
    assert.equal(body.fault?.kind, 'limit');
    assert.ok(raised(body).includes('fileLimitExceeded'));
    assert.match(body.fields.at(-1)?.value ?? '', /body/);
  });

  it('bound the header of a part', () => {
    const body = parse(partWith('; name="a"', 'x', `H: ${'y'.repeat(5000)}\r\n`));
    assert.equal(body.fault?.kind, 'limit');
  });

  it('bound fields', () => {
    const part = '--xy\r\nContent-Disposition: form-data; name="a"\r\n\r\nbody\r\n';
    assert.equal(parse(`${part.repeat(3)}--xy--`, { argumentsMax: 2 }).fault?.kind, 'limit');
  });

  it('report a body without an end, and keep what is there', () => {
    const body = parse('--xy\r\nContent-Disposition: form-data; name="a"\r\n\r\nunio', {}, TYPE, false);
    assert.equal(body.fault?.kind, 'truncated');
    assert.deepEqual(pairsOf(body), ['a=unio']);
    assert.equal(parse('').fault?.kind, 'truncated');
  });
});

describe('the boundary in a Content-Type', () => {
  it('is refused where programs could differ', () => {
    for (const type of [
      'multipart/form-data',
      'multipart/form-data; boundary=',
      'multipart/form-data; boundary',
      'multipart/form-data; boundary="xy',
      'multipart/form-data; boundary=xy, xz',
      'multipart/form-data; boundary=xy; boundary=xz',
      'multipart/form-data; xboundary=xz; boundary=xy',
      'multipart/form-data; boundary=x<y',
      `multipart/form-data; boundary=${'x'.repeat(71)}`,
      'multipart/form-data; boundary="xy "',
      'multipart/form-data; boundary="xy"z',
      null,
    ]) {
      const body = parse(PLAIN, {}, type);
      assert.equal(body.fault?.kind, 'syntax', String(type));
      assert.ok(body.fields.some(({ value }) => value.includes('content')));
    }
  });

  it('may stand among other parameters', () => {
    for (const type of [
      'multipart/form-data; charset=utf-8; boundary=xy',
      'Multipart/Form-Data;BOUNDARY=xy;a=b',
    ]) {
      assert.equal(parse(PLAIN, {}, type).fault, null, type);
    }
    const type = 'multipart/form-data; boundary=boundary';
    assert.equal(parse(PLAIN.replaceAll('--xy', '--boundary'), {}, type).fault, null);
  });
});
