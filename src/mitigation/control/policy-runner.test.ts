import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LogFields, Logger } from '../../core/logger.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { PolicyOrder } from '../../messages/order.ts';
import { type FleetSettings, NO_FLEET } from '../fleet-settings.ts';
import { PolicyRunner } from './policy-runner.ts';

type Adopted = Result<unknown, readonly string[]>;

/** A node that takes what it is told to, one by one, and says what became of it. */
class ScriptedNode {
  inForce: FleetSettings = NO_FLEET;
  readonly tried: FleetSettings[] = [];
  readonly kept: FleetSettings[] = [];
  readonly lines: string[] = [];
  news = 0;
  answer: (fleet: FleetSettings) => Adopted | Promise<Adopted> = () => ok(undefined);
  keeping: Result<void, string> | Promise<Result<void, string>> = ok(undefined);
  readonly runner: PolicyRunner = new PolicyRunner({
    inForce: () => this.inForce,
    adopt: async (fleet) => {
      this.tried.push(fleet);
      const answer = await this.answer(fleet);
      if (answer.ok) this.inForce = fleet;
      return answer;
    },
    keep: async (fleet) => {
      this.kept.push(fleet);
      return this.keeping;
    },
    onProgress: () => {
      this.news += 1;
    },
    logger: this.#logger(),
  });

  #logger(): Logger {
    const log = (message: string, _fields?: LogFields): void => {
      this.lines.push(message);
    };
    const logger: Logger = { debug: log, info: log, warn: log, error: log, child: () => logger };
    return logger;
  }
}

function policy(revision: number, toml = `# ${revision}`): PolicyOrder {
  return { kind: 'policy', revision, layers: revision === 0 ? [] : [{ scope: 'fleet', revision, toml }] };
}

describe('the policy of the fleet', () => {
  it('is put in force, kept and reported', async () => {
    const node = new ScriptedNode();
    assert.deepEqual(node.runner.progress(), { appliedRevision: null, refusedPolicy: null });
    node.runner.takePolicy(policy(3));
    await node.runner.settled();
    assert.deepEqual(node.inForce.layers, policy(3).layers);
    assert.deepEqual(node.kept, [node.inForce]);
    assert.deepEqual(node.runner.progress(), { appliedRevision: 3, refusedPolicy: null });
    assert.equal(node.news, 1);
  });

  it('that is in force already is neither applied nor kept again', async () => {
    const node = new ScriptedNode();
    for (const _ of [1, 2]) {
      node.runner.takePolicy(policy(3));
      await node.runner.settled();
    }
    assert.deepEqual([node.tried.length, node.kept.length, node.news], [1, 1, 1]);
  });

  it('is told to be applied once it is kept, so that no crash takes it back', async () => {
    const node = new ScriptedNode();
    const written = Promise.withResolvers<void>();
    node.keeping = written.promise.then(() => ok(undefined));
    node.runner.takePolicy(policy(3));
    while (node.kept.length === 0) await Promise.resolve();
    assert.equal(node.inForce.revision, 3);
    assert.equal(node.runner.progress().appliedRevision, null);
    written.resolve();
    await node.runner.settled();
    assert.equal(node.runner.progress().appliedRevision, 3);
  });

  it('that is none leaves the node its own configuration', async () => {
    const node = new ScriptedNode();
    node.runner.takePolicy(policy(3));
    node.runner.takePolicy(policy(0));
    await node.runner.settled();
    assert.deepEqual(node.inForce.layers, []);
    assert.equal(node.runner.progress().appliedRevision, 0);
  });

  it('of which only the newest counts is applied one after the other', async () => {
    const node = new ScriptedNode();
    const first = Promise.withResolvers<Adopted>();
    node.answer = () => (node.tried.length === 1 ? first.promise : ok(undefined));
    for (const revision of [1, 2, 3]) node.runner.takePolicy(policy(revision));
    first.resolve(ok(undefined));
    await node.runner.settled();
    node.runner.takePolicy(policy(2));
    await node.runner.settled();
    const tried = node.tried.map(({ revision }) => revision);
    assert.equal(tried.at(-1), 2);
    assert.ok(tried.length <= 3, tried.join());
    assert.equal(node.runner.progress().appliedRevision, 2);
  });

  it('that is refused leaves the one before, with every fault in the report', async () => {
    const node = new ScriptedNode();
    node.runner.takePolicy(policy(3));
    await node.runner.settled();
    node.answer = () => fail(['one fault', 'another']);
    node.runner.takePolicy(policy(4));
    await node.runner.settled();
    const refusedPolicy = { revision: 4, reason: 'one fault; another' };
    assert.deepEqual(node.runner.progress(), { appliedRevision: 3, refusedPolicy });
    assert.deepEqual(node.kept.length, 1);
    assert.equal(node.news, 2);
    node.answer = () => ok(undefined);
    node.runner.takePolicy(policy(3));
    await node.runner.settled();
    assert.deepEqual(node.runner.progress(), { appliedRevision: 3, refusedPolicy: null });
  });

  it('is told refused in no more words than a heartbeat takes', async () => {
    const node = new ScriptedNode();
    node.answer = () => fail(Array.from({ length: 100 }, () => 'a long fault of a policy that has many'));
    node.runner.takePolicy(policy(1));
    await node.runner.settled();
    assert.equal(node.runner.progress().refusedPolicy?.reason.length, 1024);
  });

  it('that meets with an unexpected error is refused', async () => {
    const node = new ScriptedNode();
    node.answer = () => Promise.reject(new Error('boom'));
    node.runner.takePolicy(policy(1));
    await node.runner.settled();
    assert.deepEqual(node.runner.progress().refusedPolicy, { revision: 1, reason: 'unexpected error: boom' });
  });

  it('that was refused is tried again when it is ordered again or the own configuration has changed', async () => {
    const node = new ScriptedNode();
    node.answer = () => fail(['a fault']);
    node.runner.takePolicy(policy(1));
    await node.runner.settled();
    node.runner.takePolicy(policy(1));
    await node.runner.settled();
    assert.equal(node.news, 1);
    node.answer = () => ok(undefined);
    node.runner.tryAgain();
    await node.runner.settled();
    assert.deepEqual(node.runner.progress(), { appliedRevision: 1, refusedPolicy: null });
    node.runner.tryAgain();
    await node.runner.settled();
    assert.equal(node.tried.length, 3);
  });

  it('stays in force where it cannot be kept', async () => {
    const node = new ScriptedNode();
    node.keeping = fail('no room');
    node.runner.takePolicy(policy(1));
    await node.runner.settled();
    assert.equal(node.runner.progress().appliedRevision, 1);
    assert.ok(node.lines.includes('The policy of the fleet could not be kept'));
    node.keeping = ok(undefined);
    node.runner.takePolicy(policy(1));
    await node.runner.settled();
    assert.equal(node.kept.length, 2);
  });

  it('begins nothing any more once it was stopped', async () => {
    const node = new ScriptedNode();
    node.runner.stop();
    node.runner.takePolicy(policy(1));
    await node.runner.settled();
    assert.deepEqual(node.tried, []);
  });
});

describe('the mode of the fleet', () => {
  it('goes before policy, and holds where that is refused', async () => {
    const node = new ScriptedNode();
    node.answer = ({ layers }) => (layers.length === 0 ? ok(undefined) : fail(['a fault']));
    node.runner.takePolicy(policy(1));
    node.runner.takeMode('under_attack');
    await node.runner.settled();
    assert.equal(node.inForce.mode, 'under_attack');
    assert.equal(node.runner.progress().refusedPolicy?.revision, 1);
    assert.deepEqual(node.kept.at(-1), { ...NO_FLEET, mode: 'under_attack' });
  });

  it('is changed only where it is another, and a line says so', async () => {
    const node = new ScriptedNode();
    for (const mode of ['normal', 'under_attack', 'under_attack', 'normal'] as const) {
      node.runner.takeMode(mode);
      await node.runner.settled();
    }
    assert.deepEqual(
      node.tried.map(({ mode }) => mode),
      ['under_attack', 'normal'],
    );
    assert.deepEqual(node.lines, [
      'Under attack: limits are stricter from now on',
      'No longer under attack: limits are as usual',
    ]);
  });

  it('that could not be put in force is tried again', async () => {
    const node = new ScriptedNode();
    node.answer = () => fail(['a fault']);
    node.runner.takeMode('under_attack');
    await node.runner.settled();
    node.answer = () => ok(undefined);
    node.runner.tryAgain();
    await node.runner.settled();
    assert.equal(node.inForce.mode, 'under_attack');
  });
});
