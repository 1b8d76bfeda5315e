import assert from 'node:assert/strict';
import { it } from 'node:test';
import { webSocketAccept } from './websocket-accept.ts';

it('proves a handshake as in the example of RFC 6455 §1.3', () => {
  assert.equal(webSocketAccept('dGhlIHNhbXBsZSBub25jZQ=='), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
});
