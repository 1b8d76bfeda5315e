/**
 * A provisioning receiver: checks that a call comes from the orchestrator, answers it, and runs a command once for each
 * decision.
 *
 *   SECBEAT_WEBHOOK_SECRET=... node receiver.mjs --listen 127.0.0.1:8000 --command ./provision.sh
 *
 * A call counts if its signature (HMAC-SHA256 over the time, a dot and the body) fits the secret and the time is within
 * five minutes of this clock. The idempotency key of each call is written to a file, and synchronised, before the command
 * runs, so that a repeated call, or one after a crash, does not make a second machine. Commands run one after the other.
 * Nothing of the call reaches a shell: the command gets the body on its standard input and a few checked words in its
 * environment.
 */
import { spawn } from 'node:child_process';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

const BODY_BYTES_MAX = 64 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;
const CLOCK_TOLERANCE_SECONDS = 300;
/** Decisions that wait for the command; the orchestrator tries again where there are more. */
const WAITING_MAX = 100;
const KEY = /^[A-Za-z0-9._-]{1,64}$/;
const REASON = /^[A-Z_]{1,64}$/;

/** Whether `header` (`t=<seconds>,v1=<hex>`) signs this body, not long ago. */
export function isSigned(header, body, secret, nowSeconds) {
  const parts = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header ?? '');
  if (parts === null || Math.abs(nowSeconds - Number(parts[1])) > CLOCK_TOLERANCE_SECONDS) return false;
  const expected = createHmac('sha256', secret).update(`${parts[1]}.`).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(parts[2], 'hex'));
}

/** The keys of decisions that were taken on, in a file with one line each. */
export class KeyFile {
  #keys;
  #file;

  constructor(path) {
    this.#keys = new Set(existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []);
    this.#file = openSync(path, 'a', 0o600);
  }

  has(key) {
    return this.#keys.has(key);
  }

  add(key) {
    writeSync(this.#file, `${key}\n`);
    fsyncSync(this.#file);
    this.#keys.add(key);
  }

  close() {
    closeSync(this.#file);
  }
}

/**
 * The server; `run` carries out one decision and resolves when it is done.
 *
 * @param {{ secret: string, keys: KeyFile, run: (body: Buffer, facts: object) => Promise<void> }} parts
 */
export function createReceiver({ secret, keys, run }) {
  let waiting = 0;
  let last = Promise.resolve();
  const take = (key, body, facts) => {
    keys.add(key);
    waiting += 1;
    last = last
      .then(() => run(body, facts))
      .catch((error) => console.error(`decision ${key} could not be carried out: ${error.message}`))
      .finally(() => {
        waiting -= 1;
      });
  };
  const judge = (request, body) => {
    if (request.method !== 'POST') return 405;
    const seconds = Date.now() / 1000;
    if (!isSigned(request.headers['secbeat-signature'], body, secret, seconds)) return 401;
    const key = request.headers['idempotency-key'] ?? '';
    const facts = readFacts(body);
    if (!KEY.test(key) || facts === null) return 400;
    if (keys.has(key)) return 200;
    if (waiting >= WAITING_MAX) return 503;
    try {
      take(key, body, { ...facts, SECBEAT_KEY: key });
    } catch (error) {
      console.error(`the key of decision ${key} could not be written: ${error.message}`);
      return 503;
    }
    return 202;
  };
  return createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, async (request, response) => {
    const body = await readBody(request).catch(() => null);
    if (body === null) request.destroy();
    else response.writeHead(judge(request, body)).end();
  });
}

/** What the command needs to know, each of it checked; null for a body that is no decision. */
function readFacts(body) {
  try {
    const { reason, failed_node_id: node = '' } = JSON.parse(body.toString('utf8'));
    if (!REASON.test(reason) || !/^[0-9a-f-]{0,36}$/.test(node)) return null;
    return { SECBEAT_REASON: reason, SECBEAT_FAILED_NODE: node };
  } catch {
    return null;
  }
}

async function readBody(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function runCommand(command) {
  return (body, facts) =>
    new Promise((resolve, reject) => {
      const { SECBEAT_WEBHOOK_SECRET: _, ...env } = process.env;
      const child = spawn(command, [], { env: { ...env, ...facts }, stdio: ['pipe', 'inherit', 'inherit'] });
      child.on('error', reject);
      child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`it ended with ${code}`))));
      child.stdin.on('error', () => undefined);
      child.stdin.end(body);
    });
}

function main() {
  const { values } = parseArgs({
    options: {
      listen: { type: 'string', default: '127.0.0.1:8000' },
      command: { type: 'string' },
      keys: { type: 'string', default: 'webhook-keys.txt' },
    },
  });
  const secret = process.env.SECBEAT_WEBHOOK_SECRET ?? '';
  if (secret === '' || values.command === undefined) {
    console.error(
      'usage: SECBEAT_WEBHOOK_SECRET=... node receiver.mjs --command FILE [--listen HOST:PORT] [--keys FILE]',
    );
    process.exitCode = 2;
    return;
  }
  const at = values.listen.lastIndexOf(':');
  const host = values.listen.slice(0, at).replace(/^\[(.*)\]$/, '$1');
  const receiver = createReceiver({
    secret,
    keys: new KeyFile(values.keys),
    run: runCommand(values.command),
  });
  receiver.listen(Number(values.listen.slice(at + 1)), host, () =>
    console.log(`listening on ${values.listen}`),
  );
}

if (import.meta.main ?? process.argv[1] === import.meta.filename) main();
