import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import type { Timers } from '../../core/timers.ts';
import { CertificateAuthority, createAuthority } from '../../tls/authority/certificate-authority.ts';
import { keepServerCertificate, makeServerCredentials, SERVER_LIFETIME_MS } from './server-certificate.ts';

describe("the orchestrator's own certificate", () => {
  it('is made anew before it ends, also where that went wrong once', async () => {
    const clock = new ManualClock();
    const opened = await CertificateAuthority.open(await createAuthority('Fleet', clock.wallMs()));
    assert.ok(opened.ok);
    const authority = opened.value;
    const names = ['localhost'];
    const first = await makeServerCredentials(authority, names, clock.wallMs());
    const planned: (() => void)[] = [];
    let replan = Promise.withResolvers<void>();
    const timers: Timers = {
      after(_delayMs, run) {
        planned.push(run);
        replan.resolve();
        return () => undefined;
      },
    };
    const look = async (): Promise<void> => {
      replan = Promise.withResolvers();
      planned.pop()?.();
      await replan.promise;
    };
    let faults = 1;
    const issueServer: CertificateAuthority['issueServer'] = (...asked) => {
      faults -= 1;
      return faults >= 0 ? Promise.reject(new Error('no entropy')) : authority.issueServer(...asked);
    };
    const faulty = Object.create(authority, {
      certPem: { value: authority.certPem },
      issueServer: { value: issueServer },
    }) as CertificateAuthority;
    const used: number[] = [];
    const use = ({ expiresAtMs }: { readonly expiresAtMs: number }): void => void used.push(expiresAtMs);
    const end = keepServerCertificate({ authority: faulty, names, clock, timers, use }, first.expiresAtMs);
    await look();
    assert.deepEqual(used, []);
    clock.advanceMs(SERVER_LIFETIME_MS * 0.7);
    await look();
    assert.deepEqual(used, []);
    await look();
    assert.equal(used.length, 1);
    assert.ok((used[0] ?? 0) > first.expiresAtMs);
    end();
  });
});
