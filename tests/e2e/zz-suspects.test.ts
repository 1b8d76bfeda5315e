import assert from 'node:assert/strict';
import { it } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import { field, readRequest, readResponse, requestText, responseText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';
import { until } from '../support/until.ts';

it('body_bytes_per_second_min = 0', { timeout: 30_000 }, async () => {
  const stand = await Stand.open({ settings: { http: { body_bytes_per_second_min: 0 } } });
  try {
    const wire = await stand.connect();
    wire.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n');
    const t = performance.now();
    const r = await readResponse(wire).catch((e) => e);
    console.log('body0:', r.status ?? r, performance.now() - t);
  } finally { await stand.close(); }
});
it('response_bytes_per_second_min = 0', { timeout: 30_000 }, async () => {
  const stand = await Stand.open({ settings: { http: { response_bytes_per_second_min: 0 } } });
  try {
    stand.origin.respond(() => responseText('a'.repeat(20_000_000)));
    const wire = await stand.connect();
    wire.socket.pause();
    wire.write(requestText('GET', '/'));
    await new Promise((r) => setTimeout(r, 1500));
    wire.socket.resume();
    const r = await readResponse(wire).catch((e) => e);
    console.log('resp0:', r.status ?? r);
  } finally { await stand.close(); }
});
it('request_timeout with a client that does not read', { timeout: 30_000 }, async () => {
  const stand = await Stand.open({ settings: { http: { request_timeout_seconds: 1 } } });
  try {
    stand.origin.respond(() => responseText('a'.repeat(20_000_000)));
    const wire = await stand.connect();
    wire.socket.pause();
    wire.write(requestText('GET', '/'));
    const t = performance.now();
    await until('x', () => stand.node.metric('secbeat_connections_active'), (v) => v === 0, 20000).catch((e) => console.log(String(e)));
    console.log('request_timeout slow read ended after', performance.now() - t);
  } finally { await stand.close(); }
});
it('block_invalid_http=false', { timeout: 30_000 }, async () => {
  const stand = await Stand.open({ settings: { waf: { http_inspection: { block_invalid_http: false } } } });
  try {
    for (const t of ['/%zz', '/a%ff%fe', '/%c0%ae', '/%']) console.log(t, (await stand.request('GET', t)).status);
  } finally { await stand.close(); }
});
it('reload: whitelist on open connection, level, token', { timeout: 30_000 }, async () => {
  const stand = await Stand.open({ settings: { ddos: { rate_limiting: { requests_per_second: 1, burst_size: 1 }, blacklist: { enabled: false, whitelist: ['127.0.0.0/8'] } }, management: { auth_token: 'first-token-0123456789' } } });
  try {
    const wire = await stand.connect();
    const burst = async () => { const s: number[] = []; for (let i = 0; i < 6; i++) { wire.write(requestText('GET', '/')); s.push((await readResponse(wire)).status); } return s.join(); };
    console.log('exempt', await burst());
    console.log(await stand.node.reload({ ddos: { blacklist: { whitelist: [] } }, management: { auth_token: 'second-token-0123456789' }, logging: { level: 'error' } }));
    await new Promise((r) => setTimeout(r, 100));
    console.log('after removal (open connection)', await burst());
    console.log('old token', (await stand.node.manage('GET', '/api/v1/status', undefined, 'first-token-0123456789')).status, 'new', (await stand.node.manage('GET', '/api/v1/status', undefined, 'second-token-0123456789')).status);
    const n = stand.node.log.length;
    stand.node.signal('SIGHUP');
    await new Promise((r) => setTimeout(r, 500));
    console.log('info lines after level=error', stand.node.log.slice(n));
  } finally { await stand.close(); }
});
it('POST starves when all pool connections idle', { timeout: 30_000 }, async () => {
  const stand = await Stand.open({ workers: 1, settings: { upstream: { connections_max: 1, idle_timeout_seconds: 30, queue_timeout_ms: 500 } } });
  try {
    console.log((await stand.request()).status);
    await new Promise((r) => setTimeout(r, 1200));
    const t = performance.now();
    console.log('POST', (await stand.request('POST', '/', {}, 'a')).status, performance.now() - t);
  } finally { await stand.close(); }
});
it('ban during handshake', { timeout: 30_000 }, async () => {
  const stand = await Stand.open({ workers: 1 });
  try {
    const raw = await stand.tcp({ from: '127.9.9.9' });
    await new Promise((r) => setTimeout(r, 100));
    await stand.node.manage('POST', '/api/v1/blacklist', { ip: '127.9.9.9', duration_seconds: 60 });
    await new Promise((r) => setTimeout(r, 300));
    console.log('closed by ban during handshake:', raw.ended);
    if (!raw.ended) {
      const tls = tlsConnect({ socket: raw.socket, rejectUnauthorized: false });
      tls.on('error', (e) => console.log('tls err', e.message));
      await new Promise((r) => tls.once('secureConnect', r));
      tls.write(requestText('GET', '/'));
      console.log(await new Promise((r) => tls.once('data', (d) => r(String(d).slice(0, 20)))));
    }
  } finally { await stand.close(); }
});
it('same source port to two local addresses on a wildcard listener', { timeout: 30_000 }, async () => {
  const stand = await Stand.open({ workers: 1, settings: { network: { listen_addr: '0.0.0.0:0', tls: { handshake_timeout_ms: 1000 } }, ddos: { connection_limits: { max_connections_per_ip: 4 } } } });
  try {
    for (let i = 0; i < 4; i++) {
      const a = await stand.tcp({ from: '127.9.9.9', fromPort: 40000 + i, to: '127.0.0.1' });
      const b = await stand.tcp({ from: '127.9.9.9', fromPort: 40000 + i, to: '127.0.0.2' });
      await new Promise((r) => setTimeout(r, 100));
      a.reset(); b.reset();
      await new Promise((r) => setTimeout(r, 100));
    }
    await new Promise((r) => setTimeout(r, 1500));
    const r = await stand.request('GET', '/', {}, '', { from: '127.9.9.9' }).catch((e) => e);
    console.log('after the key collision:', r.status ?? String(r));
  } finally { await stand.close(); }
});
