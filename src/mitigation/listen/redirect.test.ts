import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RequestHead } from '../../http/request-head.ts';
import type { Reply } from '../reply/reply.ts';
import { redirectReply } from './redirect.ts';

function reply(host: string, target: string, method = 'GET', port = 443): Reply {
  const head = new RequestHead(10);
  head.method = method;
  head.target = target;
  head.host = host;
  return redirectReply(head, {
    port,
    answerToken: (token) => (token === 'known' ? 'known.thumbprint' : null),
    requestId: 'r-1',
    wallMs: 0,
  });
}

function locationOf({ fields }: Reply): string | undefined {
  return fields.find(([name]) => name === 'Location')?.[1];
}

describe('plain HTTP', () => {
  for (const [host, target, port, location] of [
    ['shop.example', '/', 443, 'https://shop.example/'],
    ['shop.example', '/a/b?c=d&e', 443, 'https://shop.example/a/b?c=d&e'],
    ['shop.example:80', '/', 443, 'https://shop.example/'],
    ['shop.example:8080', '/', 8443, 'https://shop.example:8443/'],
    ['[2001:db8::1]:80', '/', 443, 'https://[2001:db8::1]/'],
    ['192.0.2.1', '//evil.example/', 443, 'https://192.0.2.1//evil.example/'],
    ['shop.example', '*', 443, 'https://shop.example/'],
    ['shop.example', '/\xe9', 443, 'https://shop.example/%e9'],
  ] as const) {
    it(`${host} ${target} is sent to ${location}`, () => {
      const answer = reply(host, target, 'POST', port);
      assert.equal(answer.status, 308);
      assert.equal(locationOf(answer), location);
    });
  }

  it('without a host has nowhere to be sent to', () => {
    assert.equal(reply('', '/').status, 400);
  });

  it('answers the token of an open challenge, exactly', () => {
    const answer = reply('shop.example', '/.well-known/acme-challenge/known');
    assert.equal(answer.status, 200);
    assert.equal(answer.body, 'known.thumbprint');
    const head = reply('shop.example', '/.well-known/acme-challenge/known', 'HEAD');
    assert.equal(head.body, '');
    assert.deepEqual(head.fields, answer.fields);
  });

  for (const target of ['', 'unknown', 'known/', '../known', '__proto__', '%6bnown', 'Known']) {
    it(`answers no challenge at ${JSON.stringify(target)}`, () => {
      const answer = reply('shop.example', `/.well-known/acme-challenge/${target}`);
      assert.equal(answer.status, 404);
      assert.equal(locationOf(answer), undefined);
    });
  }

  it('answers no challenge that is posted', () => {
    assert.equal(reply('shop.example', '/.well-known/acme-challenge/known', 'POST').status, 404);
  });
});
