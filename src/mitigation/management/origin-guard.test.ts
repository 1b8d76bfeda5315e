import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findForeignOrigin } from './origin-guard.ts';

function judge(
  listenHost: string,
  host: string | undefined,
  origin?: string,
  fetchSite?: string,
): string | null {
  return findForeignOrigin(listenHost, { host, origin, fetchSite });
}

describe('origin guard', () => {
  it('lets programs of this machine pass under every name it has', () => {
    for (const host of ['127.0.0.1:9999', 'localhost', 'LOCALHOST:1', '[::1]:9999', '127.0.0.2']) {
      assert.equal(judge('127.0.0.1', host), null, host);
    }
  });

  it('refuses a foreign name on a loopback listener', () => {
    const foreign = [
      'evil.example',
      'localhost.evil.example',
      '10.0.0.1',
      '[::2]',
      'localhost:1:2',
      'a@localhost',
      '',
      '127.0.0.1, evil.example',
    ];
    for (const host of [undefined, ...foreign]) {
      for (const listenHost of ['127.0.0.1', '::1', 'localhost']) {
        assert.equal(judge(listenHost, host), 'host_not_allowed', String(host));
      }
    }
  });

  it('takes any name where the listener is meant for others', () => {
    for (const listenHost of ['0.0.0.0', '192.0.2.7', '::']) {
      assert.equal(judge(listenHost, 'node-7.internal:9999'), null);
    }
  });

  it('refuses what a page of another site makes a browser send', () => {
    const host = 'localhost:9999';
    for (const origin of [
      'https://evil.example',
      'null',
      'http://localhost:8080',
      'https://localhost:9999',
    ]) {
      assert.equal(judge('127.0.0.1', host, origin), 'origin_not_allowed', origin);
    }
    assert.equal(judge('0.0.0.0', 'node-7:9999', 'https://evil.example'), 'origin_not_allowed');
    for (const site of ['cross-site', 'same-site']) {
      assert.equal(judge('127.0.0.1', host, undefined, site), 'origin_not_allowed', site);
    }
    assert.equal(judge('127.0.0.1', host, 'http://localhost:9999', 'same-origin'), null);
    assert.equal(judge('127.0.0.1', host, undefined, 'none'), null);
  });
});
