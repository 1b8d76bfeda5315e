import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isAudited } from './relevance.ts';
import { matchOf } from './testing/records.ts';

describe('the audit log', () => {
  it('keeps all requests, or none', () => {
    assert.equal(isAudited('on', [], 200), true);
    assert.equal(isAudited('off', [matchOf()], 500), false);
  });

  it('keeps requests that a rule asks for', () => {
    assert.equal(isAudited('relevant-only', [], 200), false);
    assert.equal(isAudited('relevant-only', [matchOf()], 200), true);
    assert.equal(isAudited('relevant-only', [matchOf({}, null)], 200), true);
    assert.equal(isAudited('relevant-only', [matchOf({}, { auditLog: false })], 200), false);
  });

  it('keeps faults, but not what is merely not found', () => {
    const kept = [200, 302, 400, 403, 404, 500, 503].filter((status) =>
      isAudited('relevant-only', [], status),
    );
    assert.deepEqual(kept, [400, 403, 500, 503]);
    assert.equal(
      isAudited('relevant-only', [], 404, (status) => status === 404),
      true,
    );
  });
});
