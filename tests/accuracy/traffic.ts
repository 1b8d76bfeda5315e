/**
 * Labelled traffic, as the scoring client puts it on the wire: same headers left out, same escapes in the target,
 * same bytes in the body. So what is judged in process is what a node would read.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export type Label = 'malicious' | 'legitimate';

/** One request; all texts are bytes as latin-1 text. */
export interface LabelledRequest {
  readonly label: Label;
  /** The class of an attack, or the site of an honest request. */
  readonly group: string;
  readonly method: string;
  readonly target: string;
  /** Names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Empty for a request without one. */
  readonly body: string;
}

/** What the client sends in its own way. */
const NOT_FORWARDED: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'proxy-connection',
  'te',
  'upgrade',
]);
const UNSENDABLE = /[\0-\x20\x7f-\xff]/g;

/** The rows of one file; throws where it cannot be read, for these are tests. */
export function loadTraffic(folder: string, label: Label): readonly LabelledRequest[] {
  const lines = gunzipSync(readFileSync(join(folder, `${label}.jsonl.gz`))).toString('utf8');
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => toRequest(JSON.parse(line), label));
}

interface Row {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly data?: unknown;
  readonly category?: string;
  readonly site?: string;
}

function toRequest(row: Row, label: Label): LabelledRequest {
  const url = row.url ?? '';
  const headers = Object.entries(row.headers ?? {}).map(
    ([name, value]) => [name.toLowerCase(), toBytes(String(value).replace(/[\r\n\0]/g, ' '))] as const,
  );
  return {
    label,
    group: row.category ?? row.site ?? '',
    method: row.method ?? 'GET',
    target: toBytes(url.startsWith('/') ? url : `/${url}`).replace(UNSENDABLE, escapeByte),
    headers: [['host', 'localhost'], ...headers.filter(([name]) => !NOT_FORWARDED.has(name))],
    body: toBody(row.data),
  };
}

function toBody(data: unknown): string {
  if (!data) return '';
  return toBytes(typeof data === 'string' ? data : JSON.stringify(data));
}

function toBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function escapeByte(character: string): string {
  return `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
