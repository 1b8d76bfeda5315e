/**
 * The attacker, a program: carries out one attack at a time.
 *
 *   start {attack, port, block, connections}   connections: fewer than the attack's own, where given
 *   stop    ends the attack and tells what came of its connections
 *   count {attack, port, block}   how much of a flood the node takes on one connection
 */

import { type AssaultReport, AssaultRun, countFlood, type Target } from '../attacks/assault-run.ts';
import type { Attack } from '../attacks/attack.ts';
import { ATTACKS } from '../attacks/attacks.ts';
import { serveCommands } from '../helper-program.ts';

export interface AttackOrder extends Target {
  readonly attack: string;
  readonly connections?: number;
}

class Attacker {
  #run: AssaultRun | null = null;

  async start({ attack, port, block, connections }: AttackOrder): Promise<void> {
    const assault = await find(attack).assault();
    this.#run = new AssaultRun(
      { ...assault, connections: connections ?? assault.connections },
      { port, block },
    );
  }

  stop(): AssaultReport | null {
    const report = this.#run?.stop() ?? null;
    this.#run = null;
    return report;
  }

  async count({ attack, port, block }: AttackOrder): Promise<number | null> {
    const { counted } = find(attack);
    return counted === null ? null : await countFlood(counted(), { port, block });
  }
}

function find(name: string): Attack {
  const attack = ATTACKS.find((candidate) => candidate.name === name);
  if (attack === undefined) throw new Error(`There is no attack ${name}`);
  return attack;
}

const attacker = new Attacker();
serveCommands({
  start: (order: AttackOrder) => attacker.start(order),
  stop: () => attacker.stop(),
  count: (order: AttackOrder) => attacker.count(order),
});
