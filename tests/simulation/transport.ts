/**
 * How simulated nodes and people reach the orchestrator: its real API, called with requests that crossed a link.
 *
 * A call that is not answered ends by its timeout, by its caller's wish, or when the process at the other end goes down.
 * The orchestrator may well have done what it was asked for in all these cases.
 */
import { fail, ok, type Result } from '../../src/core/result.ts';
import type {
  Answer,
  Call,
  LineCall,
  OrchestratorTransport,
} from '../../src/mitigation/control/orchestrator-transport.ts';
import { streamLines } from './line-stream.ts';
import type { Link } from './link.ts';
import type { Life } from './machine.ts';
import { type FindServer, makeRequest } from './server.ts';
import type { Trace } from './trace.ts';
import type { WireTap } from './wire-tap.ts';

export interface Outgoing extends Omit<Call, 'method'> {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TransportParts {
  readonly name: string;
  readonly link: Link;
  readonly life: Life;
  readonly findServer: FindServer;
  readonly trace: Trace;
  readonly tap: WireTap;
  /** What becomes of the lines of a chunk on their way. */
  readonly mangle: (lines: readonly string[]) => readonly string[];
}

export class SimulatedTransport implements OrchestratorTransport {
  readonly #parts: TransportParts;

  constructor(parts: TransportParts) {
    this.#parts = parts;
  }

  async call(call: Call): Promise<Result<Answer, string>> {
    return await this.request(call);
  }

  /** Like `call`, with any method. */
  async request(call: Outgoing): Promise<Result<Answer, string>> {
    const { name, trace, tap } = this.#parts;
    const [path] = call.path.split('?');
    const said = call.body === undefined ? '' : ` ${JSON.stringify(call.body)}`;
    trace.note(name, `asks ${call.method} ${path}${said}`);
    const answer = await this.#exchange(call);
    trace.note(name, `hears ${answer.ok ? answer.value.status : answer.fault} to ${call.method} ${path}`);
    tap.answered(name, call, answer.ok ? answer.value : null);
    return answer;
  }

  readLines(call: LineCall): Promise<string> {
    return streamLines(call, this.#parts);
  }

  close(): void {
    // Its connections end with the process.
  }

  #exchange(call: Outgoing): Promise<Result<Answer, string>> {
    const { link, life } = this.#parts;
    const { promise, resolve } = Promise.withResolvers<Result<Answer, string>>();
    const leaving = new AbortController();
    let over = false;
    const settle = (result: Result<Answer, string>): void => {
      if (over || !life.alive) return;
      finish();
      resolve(result);
    };
    const finish = (): void => {
      over = true;
      cancel();
      forget();
      call.signal.removeEventListener('abort', giveUp);
    };
    const giveUp = (): void => {
      hangUp();
      settle(fail('given up'));
    };
    const hangUp = (): void => link.sendSurely('up', () => leaving.abort());
    const cancel = life.after(call.timeoutMs, () => {
      hangUp();
      settle(fail(`no answer within ${call.timeoutMs} ms`));
    });
    const forget = life.onEnd(hangUp);
    if (call.signal.aborted) {
      settle(fail('given up'));
      return promise;
    }
    call.signal.addEventListener('abort', giveUp, { once: true });
    link.send('up', () => void this.#serve(call, leaving.signal, settle));
    return promise;
  }

  /** The request has arrived where the orchestrator runs. */
  async #serve(
    call: Outgoing,
    signal: AbortSignal,
    settle: (result: Result<Answer, string>) => void,
  ): Promise<void> {
    const { link, findServer, tap, name } = this.#parts;
    const server = findServer();
    if (server === null) {
      link.send('down', () => settle(fail('connection refused')));
      return;
    }
    const forget = server.life.onEnd(() => link.send('down', () => settle(fail('connection reset'))));
    tap.arrived(name, call);
    const response = await server.fetch(makeRequest(call, signal));
    const text = await response.text();
    if (!server.life.alive) return;
    forget();
    const seconds = Number(response.headers.get('retry-after') ?? 0);
    const answer = { status: response.status, json: parse(text), retryAfterMs: seconds * 1000 };
    link.send('down', () => settle(ok(answer)));
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
