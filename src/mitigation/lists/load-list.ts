/** One list from its source to memory that all threads share. Runs in the loader thread. */
import { fetchList } from './fetch-list.ts';
import { readListFile, textOf } from './list-file.ts';
import type { FailedOutcome, ListJob, ListOutcome, ListSource } from './load-job.ts';
import { parseList } from './parse-list.ts';
import { digestOf, readCopy, readValidators, writeCopy } from './stored-copy.ts';

type UrlSource = Extract<ListSource, { from: 'url' }>;
type CopySource = Extract<ListSource, { from: 'copy' }>;

export async function loadList(job: ListJob): Promise<ListOutcome | FailedOutcome> {
  const { source } = job;
  if (source.from === 'file') return await loadFile(job, source.path);
  return source.from === 'copy' ? await loadCopy(job, source) : await loadUrl(job, source);
}

async function loadFile(job: ListJob, path: string): Promise<ListOutcome | FailedOutcome> {
  const file = await readListFile(path, job.bytesMax, job.version);
  if (!file.ok) return failed(file.fault);
  const { text, version } = file.value;
  return text === null ? { kind: 'unchanged' } : compile(text, job, version, `${path} `);
}

async function loadCopy(job: ListJob, { path, url }: CopySource): Promise<ListOutcome | FailedOutcome> {
  const copy = await readCopy(path, url);
  if (!copy.ok) return failed(copy.fault);
  return compile(textOf(copy.value.bytes), job, copy.value.version, 'the copy of an earlier answer, ');
}

async function loadUrl(job: ListJob, source: UrlSource): Promise<ListOutcome | FailedOutcome> {
  const { url, path, timeoutMs } = source;
  const validators = await readValidators(path, url, job.version);
  const answer = await fetchList({ url, timeoutMs, bytesMax: job.bytesMax, validators });
  if (!answer.ok) return failed(answer.fault);
  const { bytes } = answer.value;
  if (bytes === null) return { kind: 'unchanged' };
  const version = digestOf(bytes);
  const outcome =
    version === job.version
      ? ({ kind: 'unchanged' } as const)
      : compile(textOf(bytes), job, version, 'the answer, ');
  if (outcome.kind === 'failed') return outcome;
  // A server that has nothing to say is broken more often than a list is empty.
  if (outcome.kind === 'list' && outcome.entries === 0) return failed('the answer holds no entry');
  const kept = await writeCopy(path, url, bytes, answer.value.validators);
  return kept.ok || outcome.kind === 'unchanged' ? outcome : { ...outcome, warning: kept.fault };
}

function compile(text: string, job: ListJob, version: string, place: string): ListOutcome | FailedOutcome {
  const parsed = parseList(text, job.rules);
  return parsed.ok
    ? { kind: 'list', ...parsed.value, version, warning: null }
    : failed(`${place}${parsed.fault}`);
}

function failed(message: string): FailedOutcome {
  return { kind: 'failed', message };
}
