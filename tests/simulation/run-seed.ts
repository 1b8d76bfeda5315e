/**
 * One simulation from its seed: trouble, then none, then the question whether all is as it should be.
 *
 * The same seed gives the same trace on every machine and runtime, so a seed that fails is repeated by its number.
 */
import { Fate } from './fate.ts';
import { checkAcknowledged } from './invariants/acknowledged.ts';
import { differences } from './invariants/agreement.ts';
import { checkBansEnd, checkBansHere } from './invariants/bans.ts';
import { checkResults } from './invariants/commands.ts';
import { checkLimit } from './invariants/limits.ts';
import { SimulatedLedger } from './simulated-disk.ts';
import { type ReplaceableParts, World } from './world.ts';

export interface SeedOptions {
  readonly seed: number;
  readonly print?: (line: string) => void;
  readonly parts?: Partial<ReplaceableParts>;
}

export interface SeedOutcome {
  readonly seed: number;
  /** Equal for equal runs. */
  readonly digest: string;
  /** Empty where everything held. */
  readonly violations: readonly string[];
  /** How often what happened. */
  readonly counts: ReadonlyMap<string, number>;
  /** How long after the end of all trouble everybody agreed. */
  readonly agreedAfterMs: number;
}

const REAL_PARTS: ReplaceableParts = {
  openTransport: (transport) => transport,
  makeLedger: (disk, moment) => new SimulatedLedger(disk, moment),
};

const TROUBLE_SECONDS = 150;
/**
 * Pauses between attempts grow to a minute, and what was under way may take ten seconds more to fail. A rollout that was
 * under way has steps to take, each with time to be acknowledged, and waits for nodes that are away.
 */
const AGREE_SECONDS_MAX = 200;
const LAST_WORD = '192.0.2.200';
const LAST_WORD_SECONDS = 7200;

export async function runSeed({ seed, print, parts = {} }: SeedOptions): Promise<SeedOutcome> {
  const world = new World({ seed, print: print ?? null, parts: { ...REAL_PARTS, ...parts } });
  const fate = new Fate(world);
  const passSecond = async (): Promise<void> => {
    await world.schedule.pass(1000);
    checkBansEnd(world);
  };
  world.start();
  fate.begin();
  for (let second = 0; second < TROUBLE_SECONDS; second++) await passSecond();
  world.trace.note('fate', 'all is well from now on');
  fate.end();
  const agreedAfterMs = await agree(world, passSecond);
  checkAcknowledged(world);
  checkResults(world);
  checkBansHere(world);
  checkLimit(world.chronicle);
  const { violations, counts } = world.chronicle;
  return { seed, digest: world.trace.digest(), violations, counts, agreedAfterMs };
}

/** Waits until all agree, behind one more decision, so that what a node has missed shows. */
async function agree(world: World, passSecond: () => Promise<void>): Promise<number> {
  const { operator, chronicle, schedule } = world;
  const beganMs = schedule.nowMs;
  let said = false;
  const say = async (): Promise<void> => {
    said = await operator.ban(LAST_WORD, LAST_WORD_SECONDS);
    if (!said) await say();
  };
  await passSecond();
  void say();
  void operator.orderRollout('resume');
  for (let second = 0; second < AGREE_SECONDS_MAX; second++) {
    await passSecond();
    if (said && (await differences(world)).length === 0) return schedule.nowMs - beganMs;
  }
  if (!said) chronicle.violate('the orchestrator takes no decision');
  for (const difference of await differences(world)) chronicle.violate(difference);
  return schedule.nowMs - beganMs;
}
