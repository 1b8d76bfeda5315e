/**
 * The load generators wrk and hey: how they are called for one short measurement and what their output says.
 *
 * wrk resumes TLS sessions when it connects again, hey makes a full handshake each time; the scenarios use both
 * habits.
 */

export interface LoadResult {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers other than 200 and requests without an answer. */
  readonly errors: number;
}

export interface LoadCommand {
  readonly tool: 'wrk' | 'hey';
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

/** Reads the output of either tool; null where it is not a result. */
export function parseLoad(tool: LoadCommand['tool'], output: string): LoadResult | null {
  return tool === 'wrk' ? parseWrk(output) : parseHey(output);
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
