/**
 * Regression tests against a real node: raw octets to its listener, the suite's origin behind it, and the ids from its
 * audit log. The origin learns the node's name for each request (X-Request-Id), by which the log is read in the end;
 * what never came to the origin was refused before it, and has no ids.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AUDITS_PER_SECOND_MAX } from '../../src/mitigation/telemetry/audit-recorder.ts';
import { fieldValues, type Request } from '../support/messages.ts';
import { baseSettings, overlay, type Settings } from '../support/node-config.ts';
import { createFolder, NodeProcess, removeFolder } from '../support/node-process.ts';
import { ScriptedOrigin } from '../support/scripted-origin.ts';
import { until } from '../support/until.ts';
import { Wire } from '../support/wire.ts';
import { buildRequest } from './build-request.ts';
import { reflect } from './reflector.ts';
import type { Stage } from './regression-suite.ts';
import { suiteConfiguration } from './rule-sets.ts';
import type { StageOutcome } from './verdict.ts';

const MARKER_PATH = '/secbeat-conformance-end';
const MARKER_ID = '999999';

/** A node logs no more requests a second than this; half of it leaves room for a slow clock. */
const REQUESTS_PER_SECOND = AUDITS_PER_SECOND_MAX / 2;

/** What the client saw, and the name of the request if it came to the origin. */
interface Exchange {
  readonly status: number;
  readonly requestId: string | null;
}

export class TcpSuite {
  readonly #node: NodeProcess;
  readonly #origin: ScriptedOrigin;
  readonly #exchanges = new Map<string, Exchange>();
  #lastRequestId: string | null = null;
  #nextSecondMs = 0;
  #sentInSecond = 0;
  #linesById: ReadonlyMap<string, readonly string[]> | null = null;

  private constructor(node: NodeProcess, origin: ScriptedOrigin) {
    this.#node = node;
    this.#origin = origin;
    origin.respond((request) => this.#answer(request));
  }

  /** Starts an origin and a node with the rule set in `folder`. */
  static async start(folder: string): Promise<TcpSuite> {
    const origin = await ScriptedOrigin.start();
    const state = createFolder();
    const rules = join(state, 'suite.conf');
    writeFileSync(rules, `${suiteConfiguration(folder, 'detect')}${MARKER_RULE}\n`);
    const settings = overlay(
      await baseSettings(state, origin.port, 1),
      nodeSettings(rules, auditPath(state)),
    );
    try {
      return new TcpSuite(await NodeProcess.start(state, settings), origin);
    } catch (error) {
      await origin.close();
      removeFolder(state);
      throw error;
    }
  }

  /** Sends a request and waits for its answer; what was logged is read by `outcome` once all are sent. */
  async send(stage: Stage, name: string): Promise<void> {
    await this.#keepPace();
    this.#lastRequestId = null;
    const wire = await Wire.tcp({ host: '127.0.0.1', port: this.#node.port });
    try {
      wire.write(buildRequest(stage.input));
      const status = await readStatus(wire);
      this.#exchanges.set(name, { status, requestId: this.#lastRequestId });
    } finally {
      wire.close();
    }
  }

  /** Waits until the log is written. */
  async settle(): Promise<void> {
    const wire = await Wire.tcp({ host: '127.0.0.1', port: this.#node.port });
    wire.write(`GET ${MARKER_PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    await readStatus(wire);
    wire.close();
    const path = auditPath(this.#node.folder);
    const text = await until(
      'marker in the audit log',
      () => readText(path),
      (read) => read.includes(`[id "${MARKER_ID}"]`),
    );
    this.#linesById = Map.groupBy(
      text.split('\n'),
      (line) => /\[unique_id "([^"]*)"\]/.exec(line)?.[1] ?? '',
    );
  }

  outcome(name: string): StageOutcome {
    const exchange = this.#exchanges.get(name);
    const lines = this.#linesById?.get(exchange?.requestId ?? '') ?? [];
    const ids = new Set(lines.map((line) => /\[id "(\d+)"\]/.exec(line)?.[1] ?? ''));
    return { status: exchange?.status ?? 0, ids: [...ids], lines };
  }

  async close(): Promise<void> {
    try {
      await this.#node.stop();
    } finally {
      removeFolder(this.#node.folder);
      await this.#origin.close();
    }
  }

  async #keepPace(): Promise<void> {
    const nowMs = performance.now();
    if (this.#sentInSecond === REQUESTS_PER_SECOND && nowMs < this.#nextSecondMs) {
      await delay(this.#nextSecondMs - nowMs);
    }
    if (this.#sentInSecond === REQUESTS_PER_SECOND || this.#sentInSecond === 0) {
      this.#nextSecondMs = performance.now() + 1000;
      this.#sentInSecond = 0;
    }
    this.#sentInSecond += 1;
  }

  #answer(request: Request): string {
    this.#lastRequestId = fieldValues(request, 'x-request-id')[0] ?? null;
    const { status, headers, body } = reflect(request.method, request.target, request.body);
    const fields = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const sent = request.method === 'HEAD' ? '' : body.toString('latin1');
    return `HTTP/1.1 ${status} Reflected\r\n${fields}Content-Length: ${body.length}\r\n\r\n${sent}`;
  }
}

const MARKER_RULE = `SecRule REQUEST_FILENAME "@streq ${MARKER_PATH}" "id:${MARKER_ID},phase:1,pass,log,auditlog,t:none,msg:'end'"`;

function nodeSettings(rules: string, audit: string): Settings {
  return {
    network: { tls: { enabled: false } },
    waf: {
      mode: 'monitor',
      builtin_rules: false,
      seclang: [rules],
      http_inspection: { max_body_size: 13_107_200 },
      budget: { milliseconds: 10_000 },
      audit: { path: audit, format: 'line' },
    },
  };
}

function auditPath(folder: string): string {
  return join(folder, 'audit.log');
}

/** The status of the answer; 0 where the connection ended without one. */
async function readStatus(wire: Wire): Promise<number> {
  try {
    const line = await wire.readUntil('\r\n');
    return Number(/^HTTP\/1\.[01] (\d{3})/.exec(line)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
