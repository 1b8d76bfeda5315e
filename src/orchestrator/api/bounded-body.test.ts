import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Hono } from 'hono';
import { boundedBody } from './bounded-body.ts';

const app = new Hono();
app.use(boundedBody({ bytesMax: 10, timeoutMs: 20 }));
app.post('/', async (context) => {
  const type = context.req.header('content-type') ?? null;
  return context.json({ type, text: await context.req.text() });
});

function post(body: ReadableStream | string, contentType = 'application/json'): Promise<Response> {
  const headers = { 'content-type': contentType };
  // Streams can be sent in one direction only; the type of the options lags behind.
  return Promise.resolve(app.request('/', { method: 'POST', body, headers, duplex: 'half' } as RequestInit));
}

/** A body that never ends, one byte a turn. */
function endless(): ReadableStream {
  return new ReadableStream({
    async pull(controller) {
      await Promise.resolve();
      controller.enqueue(new Uint8Array(1));
    },
  });
}

it('hands on a body within its bounds, with its type', async () => {
  const response = await post('0123456789');
  assert.deepEqual(await response.json(), { type: 'application/json', text: '0123456789' });
});

it('hands on an empty body as none', async () => {
  const response = await post('');
  assert.deepEqual(await response.json(), { type: null, text: '' });
});

it('refuses a body that is too large, also one without end', async () => {
  for (const body of ['01234567890', endless()]) {
    const response = await post(body);
    assert.equal(response.status, 413);
    assert.equal(((await response.json()) as { code: string }).code, 'body_too_large');
  }
});

it('refuses a body that does not come', async () => {
  const response = await post(new ReadableStream({ start: () => undefined }));
  assert.equal(response.status, 408);
  assert.equal(response.headers.get('connection'), 'close');
});

it('refuses a body that breaks off', async () => {
  const broken = new ReadableStream({ pull: (controller) => controller.error(new Error('gone')) });
  assert.equal((await post(broken)).status, 400);
});
