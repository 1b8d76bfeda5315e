/** Large lists of addresses from files and URLs, beside the two short ones of `ddos.blacklist`. */
import { z } from 'zod';
import { quote } from '../fault.ts';
import { leadsToLoopback } from '../listeners.ts';
import { filePath, label, SECONDS_MAX } from './values.ts';

const LISTS_MAX = 32;
/** What a prefix set holds of one family. */
const ENTRIES_MAX = 8_000_000;
/** A text of this size is still read as one. */
const LIST_BYTES_MAX = 268_435_456;

const listUrl = z
  .string()
  .min(1)
  .max(2048)
  .superRefine((value, context) => {
    const message = urlFault(value);
    if (message !== null) context.addIssue({ code: 'custom', message, params: { suggestion: null } });
  })
  .meta({ form: 'a URL with https://, or with http:// on this machine' });

const listSchema = z.strictObject({
  name: label.describe('Name of the list in log lines and metrics, unique among the lists.'),
  action: z
    .enum(['deny', 'allow'])
    .default('deny')
    .describe(
      '"deny" refuses the addresses of the list, "allow" exempts them from limits and automatic bans, as ddos.blacklist.whitelist does. Of all lists that hold an address the longest prefix decides, and a tie refuses.',
    ),
  path: filePath.optional().describe('File that holds the list; either this or url.'),
  url: listUrl
    .optional()
    .describe(
      'Where the list is fetched from. The last good answer is kept in state.dir and used after a restart.',
    ),
  format: z
    .enum(['plain', 'csv', 'ipset'])
    .default('plain')
    .describe(
      '"plain": one address or prefix a line, comments behind # or ;. "csv": the first column, with or without a line of titles. "ipset": the add lines of "ipset save".',
    ),
  refresh_seconds: z
    .int()
    .min(1)
    .max(30 * SECONDS_MAX)
    .default(3600)
    .describe('Seconds between two looks at the file or URL.'),
  timeout_seconds: z
    .int()
    .min(1)
    .max(600)
    .default(60)
    .describe('Seconds in which the URL must have answered completely.'),
  entries_max: z
    .int()
    .min(1)
    .max(ENTRIES_MAX)
    .default(2_000_000)
    .describe('Entries that the list may have; a longer one is refused as a whole.'),
  bytes_max: z
    .int()
    .min(1024)
    .max(LIST_BYTES_MAX)
    .default(67_108_864)
    .describe('Bytes that the list may have; a larger one is refused as a whole.'),
  skip_invalid: z
    .boolean()
    .default(false)
    .describe(
      'Leave out lines that cannot be read. When false, such a line refuses the whole list and the one before stays in force.',
    ),
});

export const listsSchema = z
  .array(listSchema)
  .max(LISTS_MAX)
  .superRefine((lists, context) => {
    for (const [index, { name, path, url }] of lists.entries()) {
      if (lists.findIndex((list) => list.name === name) < index) {
        context.addIssue({
          code: 'custom',
          message: `is the name of another list already: ${quote(name)}`,
          params: { suggestion: 'choose another name' },
          path: [index, 'name'],
        });
      }
      if ((path === undefined) === (url === undefined)) {
        context.addIssue({
          code: 'custom',
          message: 'must have either path or url',
          params: { suggestion: path === undefined ? 'add path' : 'leave out one of them' },
          path: [index, path === undefined ? 'name' : 'url'],
        });
      }
    }
  })
  .default([])
  .describe('Large lists of addresses and prefixes; repeat the table for each list.');

/** Why a list may not be fetched from there, or null; used for redirects as well. */
export function urlFault(value: string): string | null {
  const parsed = URL.parse(value);
  if (parsed === null || parsed.hostname === '') return `must be a URL with https://, not ${quote(value)}`;
  if (parsed.username !== '' || parsed.password !== '') return 'must not carry a user name or password';
  if (parsed.protocol === 'https:') return null;
  if (parsed.protocol === 'http:' && leadsToLoopback(value)) return null;
  return 'must begin with https://; plain http:// is for this machine only';
}
