/** Mutations keep the attack: an origin that reads what the mutation is meant for gets the text as it was. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { receiveRequest } from '../conformance/received-request.ts';
import { ARGUMENT, plainRequest, requestWith } from './attack.ts';
import type { Mutation } from './mutation.ts';
import { MUTATIONS } from './mutations.ts';
import { OWN_ATTACKS } from './own-attacks.ts';
import { toOctets } from './request.ts';

const [SQL] = OWN_ATTACKS.filter(({ family }) => family === '942');
const PAYLOAD = SQL?.payload ?? '';

function named(name: string): Mutation {
  const found = MUTATIONS.find((mutation) => mutation.name === name);
  assert.ok(found !== undefined, name);
  return found;
}

function bodyOf(name: string): Buffer {
  const request = named(name).apply(SQL!);
  assert.ok(request !== null, name);
  const received = receiveRequest(toOctets(request), 'test');
  assert.ok(received.kind === 'accepted', name);
  return received.body;
}

function queryOf(name: string): string {
  const target = named(name).apply(SQL!)?.target ?? '';
  return target.slice(target.indexOf('=') + 1);
}

function formValue(text: string): string | null {
  return new URLSearchParams(text).get(ARGUMENT);
}

describe('mutations', () => {
  it('give requests that the codec takes, for every attack that they apply to', () => {
    for (const mutation of MUTATIONS) {
      for (const attack of OWN_ATTACKS) {
        const request = mutation.apply(attack);
        if (request === null) continue;
        const received = receiveRequest(toOctets(request), 'test');
        const fault = received.kind === 'refused' ? received.fault : null;
        assert.equal(fault, null, `${mutation.name} of ${attack.payload}`);
      }
    }
  });

  it('all apply to some attack of the list, or to other places and texts only', () => {
    const idle = MUTATIONS.filter((mutation) =>
      OWN_ATTACKS.every((attack) => mutation.apply(attack) === null),
    );
    const names = [...new Set(idle.map(({ name }) => name))].sort();
    assert.deepEqual(names, ['entities-for-colon', 'entities-in-scheme', 'entities-tab-in-scheme']);
  });

  it('encode so that decoding as often gives the text back', () => {
    assert.equal(decodeURIComponent(queryOf('url-every-octet')), PAYLOAD);
    assert.equal(decodeURIComponent(decodeURIComponent(queryOf('url-double'))), PAYLOAD);
    assert.equal(decodeURIComponent(decodeURIComponent(decodeURIComponent(queryOf('url-triple')))), PAYLOAD);
    const units = queryOf('url-percent-u-every-octet').replace(/%u(.{4})/g, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    );
    assert.equal(units, PAYLOAD);
  });

  it('write over-long and full-width forms of the special characters', () => {
    assert.match(queryOf('overlong-2'), /^1%C0%A7%20union/);
    assert.match(queryOf('overlong-3'), /^1%E0%80%A7%20union/);
    assert.match(queryOf('overlong-4'), /^1%F0%80%80%A7%20union/);
    assert.equal(decodeURIComponent(queryOf('full-width-utf8')).normalize('NFKC'), PAYLOAD);
  });

  it('carry the text in documents and forms that their readers read back', () => {
    for (const name of [
      'json-plain',
      'json-unicode-escapes',
      'json-escaped-names-too',
      'json-duplicate-last',
    ]) {
      assert.equal(JSON.parse(bodyOf(name).toString()).comment, PAYLOAD, name);
    }
    assert.equal(JSON.parse(JSON.parse(bodyOf('json-in-json').toString()).comment).comment, PAYLOAD);
    assert.equal(formValue(bodyOf('form-plain').toString()), PAYLOAD);
    assert.equal(formValue(bodyOf('form-utf-16-le').toString('utf16le')), PAYLOAD);
    assert.equal(formValue(bodyOf('chunks-of-one').toString()), PAYLOAD);
    assert.equal(formValue(bodyOf('chunks-with-extensions').toString()), PAYLOAD);
    assert.equal(formValue(gunzipSync(bodyOf('packed-gzip')).toString()), PAYLOAD);
    assert.ok(bodyOf('multipart-plain').toString().includes(`\r\n\r\n${PAYLOAD}\r\n`));
  });

  it('pad without touching the text, and never beyond what a node looks at', () => {
    for (const { name } of MUTATIONS.filter((mutation) => mutation.name.startsWith('padding-'))) {
      const body = bodyOf(name);
      assert.ok(body.length <= 131_072, name);
    }
    assert.ok(formValue(bodyOf('padding-before-in-value-112k').toString())?.endsWith(PAYLOAD));
    assert.equal(formValue(bodyOf('padding-arguments-112k').toString()), PAYLOAD);
  });
});

describe('an attack in its plain form', () => {
  it('stands where its origin takes it from', () => {
    const attack = SQL!;
    assert.equal(new URLSearchParams(plainRequest(attack).target.slice(5)).get(ARGUMENT), PAYLOAD);
    assert.deepEqual(plainRequest({ ...attack, place: 'header', field: 'Referer', payload: 'x' }).headers, [
      ['Referer', 'x'],
    ]);
    assert.equal(plainRequest({ ...attack, place: 'path', payload: '/a/../b' }).target, '/a/../b');
  });

  it('is no request where a place cannot hold it', () => {
    const attack = SQL!;
    assert.equal(requestWith({ ...attack, place: 'header', field: 'Referer' }, 'a\r\nb'), null);
    assert.equal(requestWith({ ...attack, place: 'cookie' }, 'a;b'), null);
    assert.equal(requestWith({ ...attack, place: 'file-name' }, 'a"b'), null);
  });
});
