import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../tests/support/fuzz.ts';
import { ok, type Result } from '../core/result.ts';
import { CAUTIONS } from './cautions.ts';
import type { Environment } from './environment.ts';
import { type ConfigFault, FINDINGS_MAX, formatFault } from './fault.ts';
import { CONFIG_KEYS, type ConfigKey, type ConfigTable, type ConfigValue, readKey } from './keys.ts';
import { type LoadedConfig, loadConfig } from './load.ts';
import { RELATIONS } from './relations.ts';
import { renderToml, renderValue } from './render/toml.ts';
import { FILE_BYTES_MAX } from './toml-document.ts';

/** Generous for a busy machine; what is wanted is that no input takes minutes. */
const LOAD_MS_MAX = 5000;

const encoder = new TextEncoder();

function loadBytes(bytes: Uint8Array, env: Environment = {}): Result<LoadedConfig, readonly ConfigFault[]> {
  return loadConfig({ path: 'test.toml', explicit: true, env, readFile: () => ok(bytes) });
}

function loadText(text: string, env: Environment = {}): Result<LoadedConfig, readonly ConfigFault[]> {
  return loadBytes(encoder.encode(text), env);
}

function mustLoad(text: string, env: Environment = {}): LoadedConfig {
  const loaded = loadText(text, env);
  assert.ok(loaded.ok, loaded.ok ? '' : loaded.fault.map(formatFault).join('\n'));
  return loaded.value;
}

/** Loads within the time and explains every fault in one line. */
function loadsOrExplains(bytes: Uint8Array, env: Environment = {}): void {
  const started = performance.now();
  const loaded = loadBytes(bytes, env);
  assert.ok(performance.now() - started < LOAD_MS_MAX);
  if (loaded.ok) return;
  assert.ok(loaded.fault.length > 0 && loaded.fault.length <= FINDINGS_MAX + 1);
  for (const fault of loaded.fault) {
    assert.doesNotMatch(formatFault(fault), /\p{Cc}/u);
    assert.ok(formatFault(fault).length < 2000);
  }
}

describe('any input', () => {
  it('loads or is explained, be it any bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: 'binary' }).map((text) => encoder.encode(text)),
    );
    fc.assert(
      fc.property(bytes, (input) => loadsOrExplains(input)),
      { numRuns: runs(500) },
    );
  });

  it('loads or is explained, be it almost a configuration', () => {
    fc.assert(
      fc.property(almostToml, almostEnvironment, (text, env) => loadsOrExplains(encoder.encode(text), env)),
      { numRuns: runs(500) },
    );
  });

  it('loads or is explained when it is as large as permitted', () => {
    for (const text of hostileTexts()) {
      loadsOrExplains(encoder.encode(text.slice(0, FILE_BYTES_MAX)));
    }
  });

  it('is refused unread when it is larger', () => {
    const loaded = loadBytes(new Uint8Array(FILE_BYTES_MAX + 1).fill(0x0a));
    assert.ok(!loaded.ok && loaded.fault.length === 1);
  });
});

describe('valid configurations', () => {
  it('come back from their TOML', () => {
    fc.assert(
      fc.property(arbitraryValues, (values) => {
        const lines = [...values].map(([key, value]) => `${key.path} = ${renderValue(value, key.kind)}`);
        const { config } = mustLoad(lines.join('\n'));
        for (const [key, value] of values) {
          assert.deepEqual(plain(readKey(config, key)), plain(value), key.path);
        }
        assert.deepEqual(mustLoad(renderToml(config)).config, config);
      }),
      { numRuns: runs(100) },
    );
  });

  it('can be written in the environment alone', () => {
    fc.assert(
      fc.property(arbitraryValues, (values) => {
        const variables = [...values].map(([key, value]): [string, string] => [
          key.environmentName,
          typeof value === 'object' ? JSON.stringify(value) : String(value),
        ]);
        const { config } = mustLoad('', Object.fromEntries(variables));
        for (const [key, value] of values) {
          assert.deepEqual(plain(readKey(config, key)), plain(value), key.path);
        }
      }),
      { numRuns: runs(100) },
    );
  });

  it('let the environment win over the file, for every key', () => {
    for (const key of CONFIG_KEYS) {
      fc.assert(
        fc.property(arbitraryValue(key), arbitraryValue(key), (inFile, inEnvironment) => {
          const text = `${key.path} = ${renderValue(inFile, key.kind)}`;
          const variable =
            typeof inEnvironment === 'object' ? JSON.stringify(inEnvironment) : String(inEnvironment);
          const loaded = loadText(text, { [key.environmentName]: variable });
          // Whether two random values go together is not the question here.
          if (loaded.ok) assert.deepEqual(plain(readKey(loaded.value.config, key)), plain(inEnvironment));
          else assert.ok(RELATED.has(key), loaded.fault.map(formatFault).join('\n'));
        }),
        { numRuns: 5 },
      );
    }
  });
});

/** Without regard to prototypes and to the order of names. */
function plain(value: ConfigValue | undefined): unknown {
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((entry: ConfigValue) => plain(entry));
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, entry]) => [name, plain(entry)]));
}

/** Keys that take part in a relation; the others can be combined at will. */
const RELATED: ReadonlySet<ConfigKey> = new Set(
  CONFIG_KEYS.filter((key) => [...RELATIONS, ...CAUTIONS].some(({ keys }) => keys.includes(key.path))),
);

/** Visible ASCII, with what a file must escape. */
const word = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', '"', '\\', '$', '{', '}', '#', "'", '=', '.', '['), minLength: 1 }),
  fc.stringMatching(/^[\x21-\x7e]{1,20}$/),
);
const port = fc.integer({ min: 1, max: 65_535 });
const host = fc.oneof(
  fc.ipV4(),
  fc.ipV6().map((address) => `[${address}]`),
  fc.constantFrom('localhost', 'origin.example'),
);
const address = fc.oneof(fc.ipV4(), fc.constantFrom('2001:db8::7', '::1'));

/** By what the documentation says a value must be. */
const TEXTS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'an address with a port': fc.tuple(host, port).map(([name, number]) => `${name}:${number}`),
  'an IP address': address,
  'an address or prefix': fc.oneof(address, fc.constantFrom('10.0.0.0/8', '2001:db8::/32', '192.0.2.0/31')),
  'a regular expression': fc.constantFrom('a+b', '(?i)union\\s+select', '^/x{2,3}$', '[,"\\\\]', '\\$\\{'),
  'a path': fc
    .oneof(word, fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }))
    .filter((text) => !text.includes('\0')),
  'a token of up to 512 visible ASCII characters': word,
  'a name of up to 64 letters, digits and . _ -': fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/),
  'a name of up to 64 visible characters': fc.stringMatching(/^[\x21-\x7e]{1,20}$/),
  'an exception: RULE, RULE PART or RULE PART PATH': fc.constantFrom('942100', 'tag:a * /x', 'xss-a query:b'),
  'a path that begins with /': fc.stringMatching(/^\/[a-z/]{0,20}$/),
  'a host name or address, with a port where it is needed': fc.constantFrom('shop.example', '[::1]:8080'),
  'a host name or *.NAME': fc.constantFrom('shop.example', '*.shop.example'),
  'a UUID': fc.uuid({ version: 4 }),
  'a URL with http:// or https://': port.map((number) => `https://orchestrator.example:${number}/base`),
  'a URL with https://': port.map((number) => `https://ca.example:${number}/directory`),
  'a host name': fc.constantFrom('shop.example', 'localhost', 'xn--bcher-kva.example'),
  'a host name or an IP address': fc.oneof(address, fc.constantFrom('fleet.example', 'localhost')),
  '@, * or one label of a host name': fc.constantFrom('@', '*', 'www', 'a-1'),
  '64 hexadecimal digits': fc.stringMatching(/^[0-9a-f]{64}$/),
  'an e-mail address': fc.constantFrom('web@shop.example', 'a+b@mail.example'),
  'a key in base64url': fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/),
  'a name of up to 32 letters, digits and _ -': fc.stringMatching(/^[A-Za-z0-9_-]{1,32}$/),
  'a URL with nats:// or tls://': port.map((number) => `nats://127.0.0.1:${number}`),
};

function arbitraryText(expected: string): fc.Arbitrary<string> {
  const text =
    TEXTS[expected] ?? fc.constantFrom(...expected.split(/ or |, /).map((choice) => choice.slice(1, -1)));
  assert.ok(TEXTS[expected] !== undefined || expected.startsWith('"'), `no generator for ${expected}`);
  return text;
}

/** Lists whose tables must fit each other; random ones never do. */
const WOVEN: ReadonlySet<string> = new Set(['sites', 'lists', 'limits']);

/** Lists of numbers that must rise. */
const RISING: ReadonlyMap<string, fc.Arbitrary<number[]>> = new Map([
  ['fleet.rollout.shares', fc.constantFrom([0.5, 1], [0.05, 0.5, 1])],
]);

/** A value that is valid by itself. */
function arbitraryValue(key: ConfigKey): fc.Arbitrary<ConfigValue> {
  if (WOVEN.has(key.path)) return fc.constant([]);
  const rising = RISING.get(key.path);
  if (rising !== undefined) return rising;
  const [min = 0, max = 0] = (key.expected.match(/\d+(?:\.\d+)?/g) ?? []).map(Number);
  switch (key.kind) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min, max });
    case 'number':
      return fc.integer({ min: Math.ceil(min * 100), max: max * 100 }).map((hundredths) => hundredths / 100);
    case 'list':
      return key.listsNumbers
        ? fc.array(fc.integer({ min, max }), { maxLength: 5 })
        : fc.array(arbitraryText(key.expectedEntry), { maxLength: 5 });
    case 'table':
      return arbitraryTable(key.entries);
    case 'tables':
      return fc.array(arbitraryTable(key.entries), { maxLength: 3 });
    case 'text':
      return arbitraryText(key.expected);
  }
}

function arbitraryTable(keys: readonly ConfigKey[]): fc.Arbitrary<ConfigTable> {
  return fc.record(Object.fromEntries(keys.map((key) => [key.name, arbitraryValue(key)])));
}

/** Values that load together. */
const arbitraryValues: fc.Arbitrary<ReadonlyMap<ConfigKey, ConfigValue>> = fc
  .subarray(CONFIG_KEYS.filter((key) => !RELATED.has(key)))
  .chain((keys) =>
    fc
      .tuple(...keys.map(arbitraryValue))
      .map((values) => new Map(keys.map((key, index) => [key, values[index]!]))),
  );

const almostName = fc.oneof(
  fc.constantFrom(...CONFIG_KEYS.flatMap((key) => [key.path, key.section, key.name])),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'network.__proto__',
    'network.toString',
    '""',
    '"a\\nb"',
    "'#'",
  ),
  word.map((text) => JSON.stringify(text)),
);
const almostValue = fc.oneof(
  fc.constantFrom(
    'true',
    '0',
    '-1',
    '1.5',
    'nan',
    'inf',
    '99999999999999999999',
    '1979-05-27',
    '07:32:00',
    '""',
  ),
  fc.constantFrom(
    '[]',
    '{}',
    '{ a = 1 }',
    '[1, "a", [true]]',
    `"\${HOME}"`,
    `"\${X:-1}"`,
    '"${"',
    '"$${"',
    '[{ }]',
  ),
  fc.constantFrom("'''\n]\n'''", '"""a\\"""""', '[\n1, # one\n]', '"::1"', '"127.0.0.1:8443"', '"0.0.0.0/0"'),
  word.map((text) => JSON.stringify(text)),
);
const almostToml = fc
  .array(
    fc.oneof(
      fc.tuple(almostName, almostValue).map(([name, value]) => `${name} = ${value}`),
      almostName.map((name) => `[${name}]`),
      almostName.map((name) => `[[${name}]]`),
      fc.string({ unit: 'binary', maxLength: 10 }),
    ),
    { maxLength: 12 },
  )
  .map((lines) => lines.join('\n'));
const almostEnvironment = fc.dictionary(
  fc.oneof(
    fc.constantFrom(...CONFIG_KEYS.map((key) => key.environmentName)),
    fc.string().map((text) => `SECBEAT__${text}`),
  ),
  fc.oneof(almostValue, fc.string({ unit: 'binary' })),
  { maxKeys: 4 },
);

/** Files of the permitted size that ask for as much work or memory as they can. */
function* hostileTexts(): Generator<string> {
  const size = FILE_BYTES_MAX;
  yield `a=${'['.repeat(size)}`;
  yield `a=${'{a='.repeat(size / 3)}`;
  yield `${'a.'.repeat(size / 2 - 4)}a=1`;
  yield `[${'a.'.repeat(size / 4)}a]\n${Array.from({ length: size / 16 }, (_, index) => `b${index}=1`).join('\n')}`;
  yield '[[a]]\n'.repeat(size / 6);
  yield '[[sites]]\n[[sites.origins]]\n'.repeat(size / 28 - 10);
  yield `[[sites]]\n[sites${'.a'.repeat(size / 2 - 20)}]`;
  yield `sites=[{name="a",hosts=[${'"x",'.repeat(size / 4 - 20)}]}]`;
  yield '\0'.repeat(size);
  yield `a="${'x'.repeat(size)}`;
  yield `a=${'1'.repeat(size - 2)}`;
  yield Array.from({ length: size / 8 }, (_, index) => `k${index}=1`)
    .join('\n')
    .slice(0, size - 100);
  yield `network.workers=${'9'.repeat(size - 20)}`;
  yield `logging.file_path="${'x'.repeat(size - 30)}"`;
  yield `ddos.blacklist.whitelist=[${'"x",'.repeat(size / 4 - 10)}]`;
  yield `ddos.blacklist.whitelist=[${'"::",'.repeat(size / 5 - 10)}]`;
  yield `ddos.blacklist.whitelist=[${`"\${HOME}",`.repeat(size / 10 - 10)}]`;
  yield `waf.attack_patterns.custom_patterns=[${'"(((a{9}){9}){9})",'.repeat(size / 18 - 10)}]`;
  yield `waf.attack_patterns.custom_patterns=[${'"(a{30}){30}",'.repeat(256)}]`;
  yield `waf.attack_patterns.custom_patterns=["${'(a|b)*'.repeat(size / 6 - 10)}"]`;
}
