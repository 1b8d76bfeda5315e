import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { packCountry } from '../../core/geo-table.ts';
import { parseAddressInto } from '../../core/ip.ts';
import { silentLogger } from '../../core/logger.ts';
import { GeoKeeper } from './geo-keeper.ts';
import { type GeoMemory, LoadedGeo } from './loaded-geo.ts';
import { LoaderThread } from './loader-thread.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'secbeat-geo-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function wordsOf(text: string): Int32Array {
  const words = new Int32Array(4);
  assert.ok(parseAddressInto(text, words));
  return words;
}

/** A keeper with a thread of its own, and the tables that it has announced. */
function openKeeper(): { keeper: GeoKeeper; loader: LoaderThread; announced: (GeoMemory | null)[] } {
  const loader = new LoaderThread();
  const announced: (GeoMemory | null)[] = [];
  const onChange = (geo: GeoMemory | null): void => void announced.push(geo);
  return { keeper: new GeoKeeper({ loader, logger: silentLogger, onChange }), loader, announced };
}

describe('countries and networks', () => {
  it('are known by ranges of both families, from files', async (t) => {
    const { keeper, loader, announced } = openKeeper();
    t.after(() => loader.close());
    const config = {
      enabled: true,
      country_paths: [
        write(
          'c4.csv',
          '192.0.2.0,192.0.2.127,DE\r\n192.0.2.128,192.0.2.255,"NZ"\n198.51.100.0,198.51.100.255,ZZ\n',
        ),
        write('c6.csv', '2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,JP\n'),
      ],
      asn_paths: [
        write(
          'a4.csv',
          '192.0.2.0,192.0.2.255,64496,"Example, Inc."\n198.51.100.0,198.51.100.9,4294967294,\n',
        ),
      ],
    };
    assert.ok((await keeper.load(config)).ok);
    const geo = new LoadedGeo(announced[0]!);
    assert.equal(geo.countryOf(wordsOf('192.0.2.127')), packCountry('DE'));
    assert.equal(geo.countryOf(wordsOf('192.0.2.128')), packCountry('NZ'));
    assert.equal(geo.countryOf(wordsOf('2001:db8::1')), packCountry('JP'));
    for (const text of ['192.0.1.255', '192.0.3.0', '198.51.100.1', '::1']) {
      assert.equal(geo.countryOf(wordsOf(text)), 0);
    }
    assert.equal(geo.asnOf(wordsOf('192.0.2.200')), 64_496);
    assert.equal(geo.asnOf(wordsOf('198.51.100.9')), 4_294_967_294);
    assert.equal(geo.asnOf(wordsOf('2001:db8::1')), 0);
    assert.ok((await keeper.load({ ...config, enabled: false })).ok);
    assert.deepEqual(announced.slice(1), [null]);
  });

  for (const [what, text] of [
    ['is out of order', '192.0.2.0,192.0.2.9,DE\n192.0.1.0,192.0.1.9,DE\n'],
    ['has no country', '192.0.2.0,192.0.2.9,DE\n192.0.3.0,192.0.3.9,Germany\n'],
    ['has one address', '192.0.2.0,192.0.2.9,DE\n192.0.3.0,DE\n'],
    ['spans both families', '192.0.2.0,192.0.2.9,DE\n192.0.3.0,2001:db8::,DE\n'],
  ] as const) {
    it(`are refused with the line that ${what}, and those before stay in force`, async (t) => {
      const { keeper, loader, announced } = openKeeper();
      t.after(() => loader.close());
      const good = [write('good.csv', '192.0.2.0,192.0.2.9,DE\n')];
      assert.ok((await keeper.load({ enabled: true, country_paths: good, asn_paths: [] })).ok);
      const path = write('bad.csv', text);
      const loaded = await keeper.load({ enabled: true, country_paths: [path], asn_paths: [] });
      assert.ok(!loaded.ok);
      assert.match(loaded.fault, /^geo\.country_paths: .*bad\.csv line 2 /);
      assert.equal(announced.length, 1);
      assert.notEqual(keeper.current, null);
    });
  }
});

describe('the loader thread', () => {
  it('does one job after the other, and fails what has waited when it is closed', async () => {
    const loader = new LoaderThread();
    const paths = [write('one.csv', '192.0.2.0,192.0.2.9,DE\n')];
    const job = { kind: 'geo', table: 'country', paths } as const;
    const outcomes = await Promise.all([loader.run(job, 10_000), loader.run(job, 10_000)]);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['geo', 'geo'],
    );
    const waiting = [loader.run(job, 10_000), loader.run(job, 10_000)];
    loader.close();
    for (const outcome of await Promise.all(waiting)) assert.equal(outcome.kind, 'failed');
    assert.equal((await loader.run(job, 10_000)).kind, 'failed');
  });

  it('gives up on a job that takes too long, and does the next', async (t) => {
    const loader = new LoaderThread();
    t.after(() => loader.close());
    const job = { kind: 'geo', table: 'country', paths: [write('two.csv', '')] } as const;
    const [slow, next] = await Promise.all([loader.run(job, 0), loader.run(job, 10_000)]);
    assert.equal(slow.kind, 'failed');
    assert.equal(next.kind, 'geo');
  });
});
