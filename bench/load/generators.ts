/**
 * The load generators wrk, hey and h2load: how they are called for one short measurement and what their output says.
 *
 * wrk resumes TLS sessions when it connects again, hey makes a full handshake each time; the scenarios use both
 * habits. h2load speaks HTTP/2, and can keep to a rate; of single requests its summary tells no more than the mean.
 */

export interface LoadResult {
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** NaN where the tool does not tell. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers other than 200 and requests without an answer. */
  readonly errors: number;
}

export interface LoadCommand {
  readonly tool: 'wrk' | 'hey' | 'h2load';
  readonly args: readonly string[];
}

export interface LoadRequest {
  readonly url: string;
  readonly seconds: number;
  readonly connections: number;
}

/** One thread, requests over connections that stay open. */
export function wrkKeepAlive({ url, seconds, connections }: LoadRequest): LoadCommand {
  return { tool: 'wrk', args: ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', url] };
}

/** Requests that a script makes, over connections that stay open. */
export function wrkScript(script: string): (request: LoadRequest) => LoadCommand {
  return (request) => {
    const { tool, args } = wrkKeepAlive(request);
    return { tool, args: ['-s', script, ...args] };
  };
}

/** A connection for each request, its session resumed. */
export function wrkReconnect(request: LoadRequest): LoadCommand {
  const { tool, args } = wrkKeepAlive(request);
  return { tool, args: ['-H', 'Connection: close', ...args] };
}

/** A connection for each request, with a full handshake. Without a host hey would ask for a name with a port in it. */
export function heyReconnect({ url, seconds, connections }: LoadRequest): LoadCommand {
  const args = [
    '-z',
    `${seconds}s`,
    '-c',
    String(connections),
    '-cpus',
    '1',
    '-disable-keepalive',
    '-host',
    'localhost',
    url,
  ];
  return { tool: 'hey', args };
}

/** Requests over HTTP/2, ten at once on each connection. */
export function h2loadStreams({ url, seconds, connections }: LoadRequest): LoadCommand {
  return { tool: 'h2load', args: ['-t1', `-c${connections}`, '-m10', `-D${seconds}`, url] };
}

/** Requests over HTTP/1.1 at a fixed rate for all connections together, each noted in a file. */
export function h2loadAtRate(
  { url, seconds, connections }: LoadRequest,
  perSecond: number,
  logFile: string,
): LoadCommand {
  const rate = Math.max(1, Math.round(perSecond / connections));
  const args = [
    '--h1',
    '-t1',
    `-c${connections}`,
    `--rps=${rate}`,
    `-D${seconds}`,
    `--log-file=${logFile}`,
    url,
  ];
  return { tool: 'h2load', args };
}

/** Milliseconds of the good answers that h2load has noted: its lines are start, status and microseconds. */
export function parseRequestLog(text: string): number[] {
  return text.split('\n').flatMap((line) => {
    const [, status, micros] = line.split('\t');
    return status === '200' && micros !== undefined ? [Number(micros) / 1000] : [];
  });
}

const PARSERS: Readonly<Record<LoadCommand['tool'], (output: string) => LoadResult | null>> = {
  wrk: parseWrk,
  hey: parseHey,
  h2load: parseH2load,
};

/** Reads the output of a tool; null where it is not a result. */
export function parseLoad(tool: LoadCommand['tool'], output: string): LoadResult | null {
  return PARSERS[tool](output);
}

function parseH2load(output: string): LoadResult | null {
  const rate = /finished in .*?, ([\d.]+) req\/s/.exec(output)?.[1];
  const good = /status codes: (\d+) 2xx/.exec(output)?.[1];
  const failed = /(\d+) failed/.exec(output)?.[1];
  const others = /2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx/.exec(output)?.slice(1) ?? [];
  if (rate === undefined || good === undefined || failed === undefined) return null;
  return {
    requests: Number(good),
    requestsPerSecond: Number(rate),
    p50Ms: Number.NaN,
    p99Ms: Number.NaN,
    errors: others.reduce((total, count) => total + Number(count), Number(failed)),
  };
}

function parseWrk(output: string): LoadResult | null {
  const requests = /(\d+) requests in/.exec(output)?.[1];
  const rate = /Requests\/sec:\s+([\d.]+)/.exec(output)?.[1];
  if (requests === undefined || rate === undefined) return null;
  const sockets = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(output) ?? [];
  const statuses = Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0);
  return {
    requests: Number(requests),
    requestsPerSecond: Number(rate),
    p50Ms: wrkPercentile(output, 50),
    p99Ms: wrkPercentile(output, 99),
    errors: statuses + sockets.slice(1).reduce((total, count) => total + Number(count), 0),
  };
}

function wrkPercentile(output: string, percent: number): number {
  const [, value, unit] = new RegExp(`^\\s+${percent}%\\s+([\\d.]+)(us|ms|s|m)\\s*$`, 'm').exec(output) ?? [];
  // Divided, because a thousandth has no exact binary form.
  const perMs = { us: 1000, ms: 1, s: 0.001, m: 1 / 60_000 }[unit ?? ''] ?? Number.NaN;
  return Number(value) / perMs;
}

function parseHey(output: string): LoadResult | null {
  const rate = /Requests\/sec:\s+([\d.]+)/.exec(output)?.[1];
  if (rate === undefined) return null;
  const answers = [...output.matchAll(/^\s+\[(\d{3})\]\s+(\d+) responses$/gm)];
  const count = (accept: (status: string) => boolean): number =>
    answers.reduce((total, [, status = '', number]) => total + (accept(status) ? Number(number) : 0), 0);
  const failed = [...output.matchAll(/^\s+\[(\d+)\]\s+(?!\d+ responses)\S/gm)];
  return {
    requests: count((status) => status === '200'),
    requestsPerSecond: Number(rate),
    p50Ms: heyPercentile(output, 50),
    p99Ms: heyPercentile(output, 99),
    errors:
      count((status) => status !== '200') + failed.reduce((total, [, number]) => total + Number(number), 0),
  };
}

function heyPercentile(output: string, percent: number): number {
  const seconds = new RegExp(`^\\s+${percent}%+ in ([\\d.]+) secs`, 'm').exec(output)?.[1];
  return Number(seconds) * 1000;
}
