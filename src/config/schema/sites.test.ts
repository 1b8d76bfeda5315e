import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ok } from '../../core/result.ts';
import { formatFault } from '../fault.ts';
import { loadConfig } from '../load.ts';
import { maskSecrets, SECRET_MASK } from '../mask.ts';
import { renderToml } from '../render/toml.ts';
import type { Config } from '../schema.ts';

function load(text: string): ReturnType<typeof loadConfig> {
  const readFile = () => ok(new TextEncoder().encode(text));
  return loadConfig({ path: 'x.toml', explicit: true, env: { HERE: 'http://127.0.0.1:1' }, readFile });
}

function faultsOf(text: string): readonly string[] {
  const loaded = load(text);
  return loaded.ok ? [] : loaded.fault.map(formatFault);
}

function mustLoad(text: string): Config {
  const loaded = load(text);
  assert.ok(loaded.ok, loaded.ok ? '' : loaded.fault.map(formatFault).join('\n'));
  return loaded.value.config;
}

const WHOLE = `
[[sites]]
name = "one"
hosts = ["*.one.example"]
request_headers = ["Authorization: Basic hunter2"]
[sites.waf]
mode = "monitor"
[[sites.waf.routes]]
path = "/admin"
mode = "block"
[[sites.origins]]
url = "\${HERE}"
[[sites.origins]]
url = "http://127.0.0.1:2"
weight = 3

[[sites]]
name = "two"
origins = [{ url = "http://127.0.0.1:3" }]
`;

describe('[[sites]]', () => {
  it('hold tables and lists of tables of their own', () => {
    const [one, two] = mustLoad(WHOLE).sites;
    assert.deepEqual(
      one?.origins.map(({ url, weight }) => [url, weight]),
      [
        ['http://127.0.0.1:1', 1],
        ['http://127.0.0.1:2', 3],
      ],
    );
    assert.equal(one?.waf?.routes[0]?.path, '/admin');
    assert.deepEqual([two?.name, two?.hosts, two?.waf, two?.preserve_host], ['two', [], undefined, true]);
  });

  it('come back from their TOML', () => {
    const config = mustLoad(WHOLE);
    assert.deepEqual(mustLoad(renderToml(config)), config);
  });

  it('show no values of request headers', () => {
    const masked = maskSecrets(mustLoad(WHOLE));
    assert.deepEqual(masked.sites[0]?.request_headers, [SECRET_MASK]);
    assert.doesNotMatch(JSON.stringify(masked), /hunter2/);
  });

  const site = (name: string, rest = '') =>
    `[[sites]]\nname = "${name}"\n${rest}\n[[sites.origins]]\nurl = "http://127.0.0.1:1"\n`;

  const faulty: readonly (readonly [string, string, RegExp])[] = [
    [
      'two of a name',
      site('a', 'hosts = ["a"]') + site('a'),
      /^x\.toml:7: sites\[1\]\.name: is the name of a site before$/,
    ],
    [
      'a place of another',
      site('a', 'hosts = ["x", "a.B"]') + site('b', 'hosts = ["A.b"]'),
      /^x\.toml:8: sites\[1\]\.hosts\[0\]: belongs to "a" at \/$/,
    ],
    [
      'a host twice',
      site('a', 'hosts = ["a", "A"]'),
      /^x\.toml:3: sites\[0\]\.hosts\[1\]: stands in the list before$/,
    ],
    [
      'two for any host',
      site('a') + site('b'),
      /^x\.toml:6: sites\[1\]: could never match: "a" answers to any host at \/$/,
    ],
    [
      'a host that cannot be',
      site('a', 'hosts = ["a:1"]'),
      /sites\[0\]\.hosts\[0\]: must be .* \(write "a"\)$/,
    ],
    [
      'a path with two readings',
      site('a', 'path = "/a//b"'),
      /sites\[0\]\.path: must be a path with one reading/,
    ],
    [
      'a path that never matches',
      site('a', 'path = "/a/../b/"'),
      /sites\[0\]\.path: could never match as .* \(write "\/b"\)$/,
    ],
    ['no origin', '[[sites]]\nname = "a"\norigins = []', /sites\[0\]\.origins: must have at least 1 entry$/],
    ['no origins at all', '[[sites]]\nname = "a"', /^x\.toml:1: sites\[0\]: needs origins$/],
    [
      'one table for a list',
      '[[sites]]\nname = "a"\n[sites.origins]\nurl = "http://a"',
      /^x\.toml:3: sites\[0\]\.origins: must be a list of tables, not a table \(write \[\[sites\.origins\]\]\)$/,
    ],
    [
      'a list for one table',
      `${site('a')}[[sites.waf]]\nmode = "off"`,
      /^x\.toml:6: sites\[0\]\.waf: must be a table, not a list \(write \[sites\.waf\]\)$/,
    ],
    [
      'an unknown key inside',
      `${site('a')}[sites.waf]\nmod = "off"`,
      /^x\.toml:7: sites\[0\]\.waf\.mod: is not a known key \(did you mean mode\?\)$/,
    ],
    [
      'the list as a section',
      '[sites]\nname = "a"',
      /^x\.toml:1: sites: must be a list of tables, not a table \(write \[\[sites\]\]\)$/,
    ],
    [
      'a slip in the name',
      '[[site]]\nname = "a"',
      /^x\.toml:1: site: is not a known key \(did you mean sites\?\)$/,
    ],
    [
      'a header of the node',
      site('a', 'request_headers = ["Host: a"]'),
      /sites\[0\]\.request_headers\[0\]: cannot change Host/,
    ],
    ['its own listener', site('a').replace(':1"', ':8443"'), /sites\[0\]\.origins: lead to the listener/],
    [
      'strictness without TLS',
      `network.tls.enabled = false\n${site('a', 'strict_sni = true')}`,
      /^x\.toml:4: sites\[0\]\.strict_sni: would refuse/,
    ],
  ];
  for (const [title, text, expected] of faulty) {
    it(`are refused with ${title}`, () => {
      const faults = faultsOf(text);
      assert.equal(faults.length, 1, faults.join('\n'));
      assert.match(faults[0] ?? '', expected);
    });
  }

  it('tell all faults of all tables at once', () => {
    const text = `${site('A', 'hosts = ["x"]')}[[sites]]\nname = "b"\n[[sites.origins]]\nurl = "\${NOWHERE}"\nweight = 0\n`;
    assert.deepEqual(
      faultsOf(text).map((fault) => fault.split(':').slice(1, 3).join(':')),
      ['2: sites[0].name', '9: sites[1].origins[0].url', '10: sites[1].origins[0].weight'],
    );
  });
});
