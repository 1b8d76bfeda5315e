import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../../tests/support/fuzz.ts';
import { isWithin, plainPath } from '../../core/plain-path.ts';
import { nameFound, tableOf, type WrittenSite } from './testing/site-places.ts';

const label = fc.constantFrom('a', 'b', 'www');
const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => `${labels.join('.')}.test`);
const host = fc.oneof(
  name,
  name.map((text) => `*.${text}`),
);
const segments = fc.array(fc.constantFrom('a', 'b', 'ab'), { maxLength: 3 });
const path = segments.map((names) => `/${names.join('/')}`);

/** No two sites have the same host and path, as the schema demands. */
const sites: fc.Arbitrary<readonly WrittenSite[]> = fc
  .uniqueArray(fc.tuple(fc.option(host, { nil: '' }), path), {
    maxLength: 8,
    selector: (place) => place.join(),
  })
  .map((places) =>
    places.map(([one, prefix], index) => ({
      name: `site-${index}`,
      hosts: one === '' ? [] : [one],
      path: prefix,
    })),
  );

/** Several spellings of a few paths, of which origins read some in more ways than one. */
const target = fc
  .array(fc.constantFrom('a', 'b', 'ab', '..', '.', '%2e%2e', '%61', ';x', '%2f', '%5c', '%252e', '', '\\'), {
    minLength: 1,
    maxLength: 5,
  })
  .map((names) => `/${names.join('/')}`);

/** How specific a site is for a host; -1 where it does not answer to it. */
function rankOf({ hosts }: WrittenSite, asked: string): number {
  const [pattern] = hosts;
  if (pattern === undefined) return 0;
  if (pattern === asked) return Number.MAX_SAFE_INTEGER;
  return pattern.startsWith('*.') && asked.endsWith(pattern.slice(1)) ? pattern.length : -1;
}

/** By going through all sites: the most specific host, then the longest path. */
function expected(all: readonly WrittenSite[], asked: string, plain: string): string {
  const fitting = all.filter((site) => rankOf(site, asked) >= 0 && isWithin(plain, site.path));
  fitting.sort(
    (one, other) => rankOf(other, asked) - rankOf(one, asked) || other.path.length - one.path.length,
  );
  return fitting[0]?.name ?? '(unknown_site)';
}

/** Every path that some origin may read in a target: decoded once or twice, with either slash, with or without parameters. */
function readingsOf(text: string): readonly string[] {
  const decoded = [text, decode(text), decode(decode(text))];
  return decoded
    .flatMap((one) => [one, one.replaceAll('\\', '/')])
    .flatMap((one) => [one, one.replace(/;[^/]*/g, '')])
    .flatMap((one) => [one, one.replace(/\/+/g, '/')])
    .flatMap((one) => [one, new URL(one.replace(/^\/+/, '/').replaceAll('\\', '%5c'), 'http://x').pathname]);
}

function decode(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

describe('the table of sites', () => {
  it('finds what going through all sites finds, in any order of them', () => {
    fc.assert(
      fc.property(sites, name, target, fc.nat(), (all, asked, text, turn) => {
        const plain = plainPath(text);
        const at = all.length === 0 ? 0 : turn % all.length;
        const shuffled = [...all.slice(at), ...all.slice(0, at)].reverse();
        const found = nameFound(tableOf(all), asked, text);
        assert.equal(nameFound(tableOf(shuffled), asked, text), found);
        if (plain !== null) assert.equal(found, expected(all, asked, plain));
      }),
      { numRuns: runs(1000) },
    );
  });

  it('finds no site for a path that some origin may read as one of another site', () => {
    fc.assert(
      fc.property(sites, name, target, (all, asked, text) => {
        const table = tableOf(all);
        const found = nameFound(table, asked, text);
        if (found.startsWith('(')) return;
        for (const reading of readingsOf(text)) {
          const plain = plainPath(reading);
          if (plain !== null) assert.equal(expected(all, asked, plain), found, reading);
        }
      }),
      { numRuns: runs(1000) },
    );
  });
});
