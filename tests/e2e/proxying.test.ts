/** What passes through the node unharmed, and in which form it reaches the other side. */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { chunked, field, fieldValues, readResponse, requestText, responseText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';

const PROXY = '127.0.1.7';

let stand: Stand;
before(async () => {
  stand = await Stand.open({ settings: { network: { trusted_proxies: [PROXY] } } });
});
after(() => stand.close());

/** The origin answers every request so. */
function answer(text: string): void {
  stand.origin.respond(() => text);
}

for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
  it(`passes ${method} on and its answer back`, async () => {
    answer(method === 'HEAD' ? 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n' : responseText('hello'));
    const body = method === 'POST' || method === 'PUT' || method === 'PATCH' ? 'a=1&b=2' : '';
    const response = await stand.request(method, '/shop?item=1', { Accept: '*/*' }, body);
    assert.equal(response.status, 200);
    assert.equal(response.body.toString(), method === 'HEAD' ? '' : 'hello');
    assert.equal(field(response, 'content-length'), '5');
    const [request] = stand.origin.requests;
    assert.equal(stand.origin.requests.length, 1);
    assert.equal(request?.startLine, `${method} /shop?item=1 HTTP/1.1`);
    assert.equal(request.body.toString(), body);
    assert.equal(field(request, 'host'), 'shop.example');
    assert.equal(field(request, 'accept'), '*/*');
  });
}

it('keeps a client connection for one request after the other', async () => {
  answer(responseText('again'));
  const wire = await stand.connect();
  for (let turn = 0; turn < 5; turn++) {
    wire.write(requestText('GET', `/turn/${turn}`));
    assert.equal((await readResponse(wire)).body.toString(), 'again');
  }
  assert.deepEqual(
    stand.origin.requests.map((request) => request.target),
    ['/turn/0', '/turn/1', '/turn/2', '/turn/3', '/turn/4'],
  );
  wire.close();
});

it('answers 20 pipelined requests in their order', async () => {
  stand.origin.respond((request) => responseText(request.target));
  const wire = await stand.connect();
  const targets = Array.from({ length: 20 }, (_, index) => `/page/${index}`);
  wire.write(targets.map((target) => requestText('GET', target)).join(''));
  for (const target of targets) assert.equal((await readResponse(wire)).body.toString(), target);
  wire.close();
});

it('keeps the order where requests with and without bodies are pipelined', async () => {
  stand.origin.respond((request) => responseText(`${request.target}:${request.body}`));
  const wire = await stand.connect();
  wire.write(
    requestText('POST', '/1', {}, 'one') +
      requestText('GET', '/2') +
      requestText('POST', '/3', { 'Transfer-Encoding': 'chunked' }, chunked(['th', 'ree'])) +
      requestText('GET', '/4'),
  );
  for (const body of ['/1:one', '/2:', '/3:three', '/4:']) {
    assert.equal((await readResponse(wire)).body.toString(), body);
  }
  wire.close();
});

it('passes a chunked request on whole, without its extensions and trailers', async () => {
  answer(responseText('ok'));
  const wire = await stand.connect();
  const body =
    '4;name=value\r\nwiki\r\n5;quoted="a;b"\r\npedia\r\n0\r\nX-Sum: 9\r\nHost: evil.example\r\n\r\n';
  await wire.writePieces(requestText('POST', '/upload', { 'Transfer-Encoding': 'chunked' }, body), 7);
  assert.equal((await readResponse(wire)).status, 200);
  const [request] = stand.origin.requests;
  assert.equal(request?.body.toString(), 'wikipedia');
  assert.deepEqual(request.trailers, []);
  assert.doesNotMatch(stand.origin.received, /X-Sum|evil\.example|name=value/);
  wire.close();
});

it('passes a chunked response on whole and keeps the connection', async () => {
  stand.origin.respond(async (_request, wire) => {
    wire.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n');
    await wire.writePieces(chunked(['one ', 'two ', 'three'], 'X-Sum: 3\r\n'), 5);
  });
  const wire = await stand.connect();
  for (let turn = 0; turn < 2; turn++) {
    wire.write(requestText('GET', '/list'));
    const response = await readResponse(wire);
    assert.equal(response.body.toString(), 'one two three');
    assert.equal(field(response, 'transfer-encoding'), 'chunked');
    assert.deepEqual(response.trailers, []);
  }
  wire.close();
});

it('tells a client that waits for 100 to go on, once, and hides the 100 of the origin', async () => {
  stand.origin.respond(async (_request, wire) => {
    wire.write(`HTTP/1.1 100 Continue\r\n\r\n${responseText('stored')}`);
  });
  const wire = await stand.connect();
  wire.write('POST /put HTTP/1.1\r\nHost: shop.example\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n');
  assert.equal((await readResponse(wire)).status, 100);
  wire.write('data');
  const final = await readResponse(wire);
  assert.equal(final.status, 200);
  assert.equal(final.body.toString(), 'stored');
  assert.doesNotMatch(stand.origin.received, /Expect/i);
  wire.close();
});

it('sends no 100 where the body has come along', async () => {
  answer(responseText('stored'));
  const response = await stand.request('POST', '/put', { Expect: '100-continue' }, 'data');
  assert.equal(response.status, 200);
});

it('passes early hints on before the answer, but not to HTTP/1.0', async () => {
  stand.origin.respond(async (_request, wire) => {
    wire.write(`HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n${responseText('page')}`);
  });
  const wire = await stand.connect();
  wire.write(requestText('GET', '/page'));
  const hints = await readResponse(wire);
  assert.equal(hints.status, 103);
  assert.equal(field(hints, 'link'), '</a.css>; rel=preload');
  assert.equal((await readResponse(wire)).body.toString(), 'page');
  wire.close();
  const old = await stand.exchange('GET /page HTTP/1.0\r\nHost: shop.example\r\n\r\n');
  assert.equal(old.status, 200);
});

it('serves HTTP/1.0 and closes behind the answer, or keeps the connection where asked', async () => {
  answer(responseText('old'));
  const once = await stand.connect();
  once.write('GET / HTTP/1.0\r\n\r\n');
  const first = await readResponse(once);
  assert.equal(first.body.toString(), 'old');
  await once.untilEnd();
  assert.match(field(stand.origin.requests[0]!, 'host') ?? '', /^127\.0\.0\.1:\d+$/);
  const kept = await stand.connect();
  for (let turn = 0; turn < 2; turn++) {
    kept.write('GET / HTTP/1.0\r\nHost: shop.example\r\nConnection: keep-alive\r\n\r\n');
    const response = await readResponse(kept);
    assert.equal(field(response, 'connection'), 'keep-alive');
  }
  kept.close();
});

it('gives an HTTP/1.0 client a chunked response without the coding, to the end of the connection', async () => {
  answer(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunked(['no ', 'chunks'])}`);
  const wire = await stand.connect();
  wire.write('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
  const text = (await wire.readToEnd()).toString('latin1');
  assert.match(text, /\r\n\r\nno chunks$/);
  assert.doesNotMatch(text, /transfer-encoding/i);
});

it('turns an absolute target into origin form, its host into Host', async () => {
  answer(responseText('ok'));
  await stand.exchange('GET http://real.example:8080/a?b=c HTTP/1.1\r\nHost: other.example\r\n\r\n');
  const [request] = stand.origin.requests;
  assert.equal(request?.startLine, 'GET /a?b=c HTTP/1.1');
  assert.equal(field(request, 'host'), 'real.example:8080');
});

it('forwards bodies that end with the connection of the origin', async () => {
  stand.origin.respond(async (_request, wire) => {
    wire.write('HTTP/1.1 200 OK\r\n\r\nuntil ');
    wire.write('the end');
    wire.end();
  });
  const response = await stand.request('GET', '/stream');
  assert.equal(response.body.toString(), 'until the end');
});

it('answers a client that has ended its own direction', async () => {
  answer(responseText('still here'));
  const wire = await stand.connect();
  wire.write(requestText('GET', '/'));
  wire.end();
  assert.match((await wire.readToEnd()).toString('latin1'), /still here$/);
});

for (const status of ['204 No Content', '304 Not Modified']) {
  it(`expects no body behind ${status}`, async () => {
    answer(`HTTP/1.1 ${status}\r\nETag: "x"\r\n\r\n`);
    const wire = await stand.connect();
    for (let turn = 0; turn < 2; turn++) {
      wire.write(requestText('GET', '/cached'));
      const response = await readResponse(wire);
      assert.equal(response.startLine, `HTTP/1.1 ${status}`);
      assert.equal(field(response, 'etag'), '"x"');
    }
    wire.close();
  });
}

it('tells the origin who asks, whatever the client says about that', async () => {
  answer(responseText('ok'));
  const claims = {
    'X-Forwarded-For': '203.0.113.1',
    'X-Forwarded-Proto': 'gopher',
    'X-Forwarded-Host': 'evil.example',
    'X-Real-IP': '203.0.113.2',
    X_Forwarded_For: '203.0.113.3',
    Forwarded: 'for=203.0.113.4',
    'X-Request-Id': 'chosen',
  };
  const response = await stand.request('GET', '/', claims, '', { from: '127.0.3.3' });
  const [request] = stand.origin.requests;
  assert.equal(field(request!, 'x-forwarded-for'), '127.0.3.3');
  assert.equal(field(request!, 'x-forwarded-proto'), 'https');
  assert.equal(field(request!, 'x-forwarded-host'), 'shop.example');
  assert.match(field(request!, 'via') ?? '', /^1\.1 /);
  assert.match(field(request!, 'x-request-id') ?? '', /^[A-Za-z0-9-]{10,}$/);
  assert.doesNotMatch(stand.origin.received, /203\.0\.113\.|gopher|evil|chosen/);
  assert.equal(response.status, 200);
});

it('believes a trusted proxy and lengthens its chain', async () => {
  answer(responseText('ok'));
  const claims = { 'X-Forwarded-For': '203.0.113.1', 'X-Forwarded-Proto': 'http', 'X-Request-Id': 'abc-1' };
  await stand.request('GET', '/', claims, '', { from: PROXY });
  const [request] = stand.origin.requests;
  assert.equal(field(request!, 'x-forwarded-for'), `203.0.113.1, ${PROXY}`);
  assert.equal(field(request!, 'x-forwarded-proto'), 'http');
  assert.equal(field(request!, 'x-request-id'), 'abc-1');
});

it('passes no field of one connection on to the next, on either side', async () => {
  answer(responseText('ok', { Connection: 'close, X-Secret', 'X-Secret': '1', 'Keep-Alive': 'timeout=9' }));
  const hop = {
    Connection: 'keep-alive, X-Hop, Authorization, Cookie',
    'X-Hop': '1',
    TE: 'trailers',
    'Keep-Alive': '5',
  };
  const kept = { Authorization: 'Basic YTpi', Cookie: 'session=1' };
  const response = await stand.request('GET', '/', {
    ...hop,
    ...kept,
    'Proxy-Connection': 'x',
    Upgrade: 'h2c',
  });
  const [request] = stand.origin.requests;
  for (const name of ['x-hop', 'te', 'keep-alive', 'proxy-connection', 'upgrade']) {
    assert.deepEqual(fieldValues(request!, name), [], name);
  }
  assert.equal(field(request!, 'authorization'), 'Basic YTpi');
  assert.equal(field(request!, 'cookie'), 'session=1');
  assert.deepEqual(fieldValues(response, 'x-secret'), []);
  assert.deepEqual(fieldValues(response, 'keep-alive'), []);
});

it('takes no unread body of an OPTIONS that ends here for the next request', async (t) => {
  const stand = await Stand.open();
  t.after(() => stand.close());
  const wire = await stand.connect();
  const inner = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';
  wire.write(`OPTIONS / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\nContent-Length: ${inner.length}\r\n\r\n`);
  const response = await readResponse(wire);
  assert.equal(response.status, 200);
  assert.equal(field(response, 'connection'), 'close');
  wire.write(inner);
  await wire.untilEnd();
  assert.equal(stand.origin.requests.length, 0);
});
