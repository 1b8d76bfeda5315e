/** How commands call the API of the orchestrator: where it is, whom to trust, and on whose word. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { formatListenAddress, readListenAddress } from '../config/listen-address.ts';
import { leadsToLoopback } from '../config/listeners.ts';
import type { Config } from '../config/schema.ts';
import { codedMessageOf } from '../core/error-message.ts';
import { exchangeHttp } from '../core/http-exchange.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { systemTimers } from '../core/timers.ts';
import { CONFIG_FLAG, CONFIG_HELP, readConfiguration } from './configuration.ts';
import { EXIT_COULD_NOT_RUN } from './exit-codes.ts';
import { printable } from './printable.ts';
import { reachableHost } from './up/part.ts';

export interface FleetFlags {
  readonly config?: string;
  readonly server?: string;
  readonly ca?: string;
  readonly json?: true;
}

export interface FleetCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below /api/v1. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Where the variable for the token is read. */
const TOKEN_VARIABLE = 'SECBEAT_TOKEN';
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;
const TIMEOUT_MS = 30_000;

/** A command that calls the API, with the flags that all of these have. */
export function fleetCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option(CONFIG_FLAG, CONFIG_HELP)
    .addOption(new Option('--server <url>', 'the API; without it the one of the configuration'))
    .addOption(
      new Option('--ca <file>', 'the certificate of its authority; without it the one in the state folder'),
    )
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', `\nThe token is that of ${TOKEN_VARIABLE}, or fleet.token of the configuration.`);
}

/**
 * Makes one call and hands the answer on; where there is none, says why and sets the exit code.
 *
 * @param print what is printed for people
 */
export async function runFleetCall<Answer>(
  flags: FleetFlags,
  call: FleetCall,
  print: (answer: Answer, config: Config) => string,
): Promise<void> {
  const config = readConfiguration(flags.config);
  if (config === null) return;
  const answer = await askFleet<Answer>(config, flags, call);
  if (answer !== null) printAnswer(flags, answer, print(answer, config));
}

/** Makes one call; null once it is said why there is no answer, and the exit code is set. */
export async function askFleet<Answer>(
  config: Config,
  flags: FleetFlags,
  call: FleetCall,
): Promise<Answer | null> {
  const answer = await callFleet(config, flags, call);
  if (answer.ok) return answer.value as Answer;
  process.stderr.write(`secbeat: ${answer.fault}\n`);
  process.exitCode = EXIT_COULD_NOT_RUN;
  return null;
}

/** @param text what is printed for people */
export function printAnswer({ json }: FleetFlags, answer: unknown, text: string): void {
  process.stdout.write(`${json === true ? JSON.stringify(answer, null, 2) : text}\n`);
}

/** The URL at which the configured orchestrator is reached from this machine. */
export function ownServerUrl({ fleet }: Config): string {
  const { host, port } = readListenAddress(fleet.listen_addr);
  const scheme = fleet.tls.enabled ? 'https' : 'http';
  return `${scheme}://${formatListenAddress({ host: reachableHost(host), port })}`;
}

/** Makes one call; resolves with the answer, or with why there is none. */
async function callFleet(
  config: Config,
  flags: FleetFlags,
  { method, path, body, headers }: FleetCall,
): Promise<Result<unknown, string>> {
  const base = (flags.server ?? ownServerUrl(config)).replace(/\/+$/, '');
  const url = URL.parse(`${base}/api/v1${path}`);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    return fail(`${base} is no URL with http:// or https://`);
  }
  // The token would be read by everybody on the way, and an orchestrator without TLS is on this machine only.
  if (url.protocol === 'http:' && !leadsToLoopback(url.href)) {
    return fail(`${base} is not on this machine: write https://`);
  }
  const ca = url.protocol === 'https:' ? readAuthority(config, flags.ca) : ok(null);
  if (!ca.ok) return ca;
  const token = process.env[TOKEN_VARIABLE] ?? config.fleet.token;
  const bounds = { bytesMax: ANSWER_BYTES_MAX, timeoutMs: TIMEOUT_MS };
  const exchange = {
    ...{ method, url: url.href, ...bounds },
    headers: {
      ...headers,
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    body: body === undefined ? '' : JSON.stringify(body),
    ...(ca.value === null ? {} : { tls: { ca: ca.value } }),
  };
  const answer = await exchangeHttp(exchange, systemTimers);
  if (!answer.ok) {
    return fail(
      `${base} cannot be called: ${answer.fault.message}. Is the orchestrator running? --server names another.`,
    );
  }
  return readAnswer(answer.value.status, answer.value.body);
}

function readAuthority(config: Config, path: string | undefined): Result<string | null, string> {
  const own = join(config.state.dir, 'authority', 'ca.pem');
  if (path === undefined && !existsSync(own)) return ok(null);
  try {
    return ok(readFileSync(path ?? own, 'utf8'));
  } catch (error) {
    return fail(`${path ?? own} cannot be read: ${codedMessageOf(error as Error)}`);
  }
}

function readAnswer(status: number, body: Buffer): Result<unknown, string> {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    return fail(`the orchestrator answered ${status}, and not with JSON`);
  }
  if (status >= 200 && status < 300) return ok(json);
  const { detail, errors = [] } = json as { detail?: string; errors?: { path: string; message: string }[] };
  // Faults of a text say by themselves where they are.
  const lines = errors.map(({ path, message }) =>
    message.includes(path) ? `  ${message}` : `  ${path}: ${message}`,
  );
  return fail(printable([`the orchestrator refused: ${detail ?? status}`, ...lines].join('\n'), true));
}
