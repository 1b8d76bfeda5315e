import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSecret, formatApiToken, hashSlow, matchesSlow, parseApiToken } from './secrets.ts';

describe('the secret of a token', () => {
  it('matches its own hash only', async () => {
    const named = createSecret();
    assert.deepEqual(parseApiToken(formatApiToken(named)), named);
    const hash = await hashSlow(named.secret);
    assert.equal(await matchesSlow(named.secret, hash), true);
    assert.equal(await matchesSlow(createSecret().secret, hash), false);
  });

  it('matches no hash that cannot be computed', async () => {
    const { secret } = createSecret();
    const rest = `${'0'.repeat(32)}$${'0'.repeat(64)}`;
    for (const hash of [
      '',
      'scrypt$',
      `scrypt$0$8$1$${rest}`,
      `scrypt$3$8$1$${rest}`,
      `scrypt$16384$0$0$${rest}`,
    ]) {
      assert.equal(await matchesSlow(secret, hash), false, hash);
    }
  });
});
