/** From a list's configuration to what the loader is asked. */
import { join } from 'node:path';
import type { ListConfig } from './list-keeper.ts';
import type { ListJob, ListSource } from './load-job.ts';

/** Load the list unless its source still has `version`. */
export function listJob(config: ListConfig, folder: string, version: string | null): ListJob {
  return jobOf(config, sourceOf(config, folder), version);
}

/** Load the copy of the last answer. */
export function copyJob(config: ListConfig, folder: string): ListJob {
  return jobOf(config, { from: 'copy', path: copyPath(config, folder), url: config.url ?? '' }, null);
}

/** Whether two configurations read the same octets in the same way. */
export function sameSource(one: ListConfig, other: ListConfig): boolean {
  return (
    one.path === other.path &&
    one.url === other.url &&
    one.format === other.format &&
    one.skip_invalid === other.skip_invalid &&
    one.entries_max === other.entries_max &&
    one.bytes_max === other.bytes_max
  );
}

function jobOf(config: ListConfig, source: ListSource, version: string | null): ListJob {
  const { format, entries_max, bytes_max, skip_invalid } = config;
  const rules = { format, entriesMax: entries_max, skipInvalid: skip_invalid };
  return { kind: 'list', source, rules, bytesMax: bytes_max, version };
}

function sourceOf(config: ListConfig, folder: string): ListSource {
  const { path, url, timeout_seconds } = config;
  if (url === undefined) return { from: 'file', path: path ?? '' };
  return { from: 'url', url, path: copyPath(config, folder), timeoutMs: timeout_seconds * 1000 };
}

/** The schema lets only letters, digits and . _ - into a name, so it cannot lead elsewhere. */
function copyPath({ name }: ListConfig, folder: string): string {
  return join(folder, `${name}.list`);
}
