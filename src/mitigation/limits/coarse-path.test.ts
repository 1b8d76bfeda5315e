import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { coarsePath } from './coarse-path.ts';

describe('the coarse path', () => {
  it('is one for all spellings of a path', () => {
    for (const spelling of [
      '/api/login',
      '/api/login?user=a',
      '/api/login/',
      '/API/Login',
      '//api///login',
      '/./api/./login/.',
      '/x/../api/login',
      '/x/%2e%2E/api/login',
      '/%61pi/%6cogin',
      '/api%2flogin',
      '/api%5Clogin',
      '/api\\login',
      '/api;v=1/login;jsessionid=2',
      '/api/x/..;/login',
      '/%2561pi/login',
      '/%252e/api/login',
      '/../api/login',
    ]) {
      assert.equal(coarsePath(spelling), '/api/login', spelling);
    }
  });

  it('keeps different paths apart', () => {
    const paths = ['/', '/a', '/a/b', '/ab', '/a.b', '/a%20b', '/a%', '/a%zz', '*', '/a.', '/a-b'];
    assert.equal(new Set(paths.map(coarsePath)).size, paths.length);
  });

  it('is a form that does not change any more', () => {
    for (const path of ['/', '/A//b/../C;x', '/%25%32%65', '/a/']) {
      assert.equal(coarsePath(coarsePath(path)), coarsePath(path));
    }
  });

  it('takes linear time', () => {
    const lengths = [20_000, 200_000];
    const [short, long] = lengths.map((length) => {
      const target = '/%252e%252e;'.repeat(length / 12);
      const startMs = performance.now();
      for (let turn = 0; turn < 5; turn++) coarsePath(target);
      return performance.now() - startMs;
    });
    assert.ok(long! < 200 + 50 * short!);
  });
});
