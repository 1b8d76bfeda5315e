import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ok } from '../../core/result.ts';
import { loadConfig } from '../load.ts';

const SOUND = `enabled = true
names = ["shop.example", "xn--bcher-kva.example", "localhost"]
terms_agreed = true`;

/** The faults of a section [acme], one line each. */
function faultsOf(section: string, more = ''): readonly string[] {
  const text = `[acme]\n${section}\n${more}`;
  const loaded = loadConfig({
    path: 'secbeat.toml',
    explicit: true,
    env: {},
    readFile: () => ok(Buffer.from(text)),
  });
  return loaded.ok
    ? []
    : loaded.fault.map(({ path, message, suggestion }) => `${path} ${message} ${suggestion}`);
}

describe('section [acme]', () => {
  it('is complete with names and the agreement to the terms', () => {
    assert.deepEqual(faultsOf(SOUND), []);
  });

  it('may be written down before it is enabled', () => {
    assert.deepEqual(faultsOf('names = ["shop.example"]'), []);
  });

  for (const [what, section, fault] of [
    [
      'no agreement to the terms',
      'enabled = true\nnames = ["a.example"]',
      /^acme\.terms_agreed must be true: .*terms/,
    ],
    ['no names', 'enabled = true\nterms_agreed = true', /^acme\.names must list at least one/],
    ['a wildcard', 'names = ["*.shop.example"]', /must not be a wildcard.*DNS records only/],
    ['an address', 'names = ["192.0.2.1"]', /must be a host name, not the address/],
    ['capitals', 'names = ["Shop.Example"]', /write shop\.example/],
    ['a final dot', 'names = ["shop.example."]', /write shop\.example/],
    ['a path in a name', 'names = ["../shop"]', /must be a host name of/],
    ['an underscore', 'names = ["_account"]', /must be a host name of/],
    ['an empty label', 'names = ["a..example"]', /must be a host name of/],
    ['a plain directory URL', 'directory_url = "http://ca.example/"', /must be a URL with https:\/\//],
    ['two e-mail addresses', 'email = "a@example.org,b@example.org"', /must be one e-mail address/],
    ['dns-01', 'challenge = "dns-01"', /^acme\.challenge/],
    ['half of an external account', 'eab_key_id = "kid-1"', /belong together/],
    [
      'http-01 without the listener for it',
      `${SOUND}\nchallenge = "http-01"`,
      /network\.redirect_listen_addr/,
    ],
  ] as const) {
    it(`is refused with ${what}`, () => {
      assert.match(faultsOf(section).join('\n'), fault);
    });
  }

  it('is refused where the node does not speak TLS', () => {
    assert.match(faultsOf(SOUND, '[network.tls]\nenabled = false').join('\n'), /^acme\.enabled needs/);
  });

  it('does not show a key that is refused', () => {
    const faults = faultsOf('eab_key_id = "kid-1"\neab_hmac_key = "not base64url!"').join('\n');
    assert.match(faults, /^acme\.eab_hmac_key/);
    assert.doesNotMatch(faults, /not base64url!/);
  });
});
