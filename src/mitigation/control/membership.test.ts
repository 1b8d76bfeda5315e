import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import type { LogFields, Logger } from '../../core/logger.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Timers } from '../../core/timers.ts';
import { CertificateAuthority, createAuthority } from '../../tls/authority/certificate-authority.ts';
import { Membership, type MembershipDeps } from './membership.ts';
import { type NodeCertificate, readNodeCertificate, writeNodeCertificate } from './node-certificate.ts';
import type { ClientTls } from './orchestrator-client.ts';
import type { Answer, Call, OrchestratorTransport } from './orchestrator-transport.ts';

const NODE = '10000000-0000-4000-8000-00000000000a';
const DAY_MS = 86_400_000;
const LIFETIME_MS = 30 * DAY_MS;

/** An orchestrator that signs what it is asked for, or answers what the test wants, and time that passes by waiting. */
class SimulatedAuthority {
  readonly clock = new ManualClock();
  readonly calls: string[] = [];
  readonly waitsMs: number[] = [];
  readonly warnings: string[] = [];
  readonly used: ClientTls[] = [];
  /** Statuses of the next answers; those behind them are 200. */
  refusals: number[] = [];
  kept: NodeCertificate | null = null;
  readonly #authority: CertificateAuthority;
  #waitsMax = 0;
  #spent = Promise.withResolvers<void>();

  private constructor(authority: CertificateAuthority) {
    this.#authority = authority;
  }

  static async make(): Promise<SimulatedAuthority> {
    const opened = await CertificateAuthority.open(await createAuthority('simulated', 1_700_000_000_000));
    assert.ok(opened.ok);
    return new SimulatedAuthority(opened.value);
  }

  get certPem(): string {
    return this.#authority.certPem;
  }

  /** Time passes for so many waits; resolves at the next one. */
  forWaits(count: number): Promise<void> {
    this.#waitsMax = this.waitsMs.length + count;
    this.#spent = Promise.withResolvers();
    return this.#spent.promise;
  }

  deps(change: Partial<MembershipDeps> = {}): MembershipDeps {
    const transport: OrchestratorTransport = {
      call: (call) => this.#answer(call),
      readLines: () => Promise.resolve('not simulated'),
      close: () => undefined,
    };
    return {
      ...{ nodeId: NODE, kept: this.kept, enrolmentToken: 'token-1', transport },
      ...{ timers: this.#timers(), clock: this.clock, random: () => 0, logger: this.#logger() },
      findAuthority: () => Promise.resolve(ok(this.certPem)),
      useTls: (tls) => this.used.push(tls),
      keep: (certificate) => {
        this.kept = certificate;
        return Promise.resolve(ok(undefined));
      },
      ...change,
    };
  }

  async #answer({ path, body }: Call): Promise<Result<Answer, string>> {
    this.calls.push(path);
    const status = this.refusals.shift() ?? 200;
    if (status !== 200) return ok({ status, json: { detail: 'no' }, retryAfterMs: 0 });
    const { csr } = body as { readonly csr: string };
    const validity = { wallMs: this.clock.wallMs(), lifetimeMs: LIFETIME_MS };
    const issued = await this.#authority.issueClient(csr, NODE, validity);
    if (!issued.ok) return fail(issued.fault);
    const json = { node_id: NODE, certificate: issued.value.certPem, ca: this.certPem };
    return ok({ status, json, retryAfterMs: 0 });
  }

  #timers(): Timers {
    return {
      after: (delayMs, run) => {
        if (this.waitsMs.length >= this.#waitsMax) {
          this.#spent.resolve();
          return () => undefined;
        }
        this.waitsMs.push(delayMs);
        this.clock.advanceMs(delayMs);
        queueMicrotask(run);
        return () => undefined;
      },
    };
  }

  #logger(): Logger {
    const log = (message: string, fields: LogFields = {}): void => {
      this.warnings.push(`${message} ${String(fields.error ?? '')}`.trim());
    };
    const none = (): void => undefined;
    const logger: Logger = { debug: none, info: none, warn: log, error: log, child: () => logger };
    return logger;
  }
}

/** Resolves once the node may call its orchestrator. */
function begin(membership: Membership): Promise<void> {
  return new Promise((resolve) => membership.start(resolve));
}

describe('a node that becomes a member', () => {
  it('gives up its token for a certificate, keeps it, and shows it from then on', async () => {
    const simulated = await SimulatedAuthority.make();
    const membership = new Membership(simulated.deps());
    await begin(membership);
    membership.stop();
    assert.deepEqual(simulated.calls, ['/api/v1/enroll']);
    assert.equal(simulated.kept?.nodeId, NODE);
    assert.deepEqual(
      simulated.used.map(({ identity }) => identity?.certPem ?? null),
      [null, simulated.kept?.certPem],
    );
  });

  it('tries again with growing pauses, for as long as it takes', async () => {
    const simulated = await SimulatedAuthority.make();
    simulated.refusals = [503, 503, 503, 401];
    void simulated.forWaits(4);
    const membership = new Membership(simulated.deps());
    await begin(membership);
    membership.stop();
    assert.deepEqual(simulated.waitsMs.slice(0, 4), [1000, 2000, 4000, 8000]);
    assert.equal(simulated.warnings.at(-1), 'The node could not be enrolled status 401: no');
  });

  it('takes no certificate of an authority that it does not trust', async () => {
    const simulated = await SimulatedAuthority.make();
    const other = await SimulatedAuthority.make();
    const findAuthority = () => Promise.resolve(ok(other.certPem));
    const spent = simulated.forWaits(1);
    const membership = new Membership(simulated.deps({ findAuthority }));
    membership.start(() => assert.fail('it was let in'));
    await spent;
    membership.stop();
    assert.match(simulated.warnings[0] ?? '', /not from the authority that is trusted/);
    assert.equal(simulated.kept, null);
  });

  it('does not use its token twice, but is enrolled anew with another one, or left as it is', async () => {
    const simulated = await SimulatedAuthority.make();
    for (const [enrolmentToken, refusals] of [
      ['token-1', []],
      ['token-1', []],
      ['token-2', [409]],
      ['token-2', []],
    ] as const) {
      simulated.refusals = [...refusals];
      const membership = new Membership(simulated.deps({ enrolmentToken }));
      await begin(membership);
      membership.stop();
    }
    assert.equal(simulated.calls.length, 3);
    assert.equal(simulated.warnings.length, 1);
  });
});

describe('a member', () => {
  it('renews its certificate when two thirds of its time are over, again and again', async () => {
    const simulated = await SimulatedAuthority.make();
    const startMs = simulated.clock.wallMs();
    const first = simulated.deps();
    const membership = new Membership(first);
    const waits = (20 * DAY_MS) / 3_600_000;
    const spent = simulated.forWaits(waits + 1);
    await begin(membership);
    await spent;
    assert.deepEqual(simulated.calls, ['/api/v1/enroll', `/api/v1/nodes/${NODE}/certificate`]);
    const renewedMs = (simulated.kept?.expiresAtMs ?? 0) - LIFETIME_MS - startMs;
    assert.ok(Math.abs(renewedMs - 20 * DAY_MS) <= 3_600_000, `${renewedMs / DAY_MS} days`);
    assert.equal(simulated.used.at(-1)?.identity?.certPem, simulated.kept?.certPem);
    const more = simulated.forWaits(waits + 1);
    simulated.refusals = [503];
    membership.stop();
    const again = new Membership(simulated.deps({ enrolmentToken: null }));
    await begin(again);
    await more;
    again.stop();
    assert.equal(simulated.calls.length, 4, 'one refused, one done');
  });
});

describe('the file of a certificate', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'node-certificate-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('holds what was written, for its owner only, and refuses what does not belong together', async () => {
    const [one, other] = [await SimulatedAuthority.make(), await SimulatedAuthority.make()];
    for (const simulated of [one, other]) {
      const membership = new Membership(simulated.deps());
      await begin(membership);
      membership.stop();
    }
    assert.ok(one.kept !== null && other.kept !== null);
    assert.deepEqual(await readNodeCertificate(folder), ok(null));
    assert.ok((await writeNodeCertificate(folder, one.kept)).ok);
    assert.equal(statSync(join(folder, 'node_certificate.pem')).mode & 0o777, 0o600);
    assert.deepEqual(await readNodeCertificate(folder), ok(one.kept));
    for (const mixed of [
      { ...one.kept, keyPem: other.kept.keyPem },
      { ...one.kept, caPem: other.kept.caPem },
      { ...one.kept, certPem: '' },
    ]) {
      assert.ok((await writeNodeCertificate(folder, mixed)).ok);
      const read = await readNodeCertificate(folder);
      assert.ok(!read.ok && read.fault.endsWith('remove it and enrol the node anew'));
    }
  });
});
