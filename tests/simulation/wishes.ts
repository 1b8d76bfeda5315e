/** What people, nodes and clients want while everything else goes wrong. */
import type { Dice } from './dice.ts';
import { POISON } from './node-in-force.ts';
import type { World } from './world.ts';

const NOBODY = '00000000-0000-4000-8000-000000000000';
const CLIENT_MAX_MS = 12_000;
/** From nothing to three times what the limit of the fleet lets pass. */
const REQUEST_PAUSE_MAX_MS = 100;

export class Wishes {
  readonly #world: World;
  readonly #dice: Dice;
  readonly #later: (delayMs: number, run: () => void) => void;

  /** @param later runs something later, unless all is well by then */
  constructor(world: World, dice: Dice, later: (delayMs: number, run: () => void) => void) {
    this.#world = world;
    this.#dice = dice;
    this.#later = later;
  }

  async operatorBans(): Promise<void> {
    const { operator } = this.#world;
    await operator.ban(operator.drawTarget(), operator.drawSeconds());
  }

  async setMode(): Promise<void> {
    const mode = this.#dice.chance(0.5) ? 'normal' : 'under_attack';
    await this.#world.operator.setMode(this.#world.drawSelector(this.#dice), mode);
  }

  async writePolicy(): Promise<void> {
    const { nodes, operator } = this.#world;
    const dice = this.#dice;
    const { folder, place } = dice.pick(nodes);
    const scopes = ['fleet', 'fleet', `group:${place.group}`, `node:${folder.nodeId ?? NOBODY}`];
    const scope = dice.pick(scopes);
    const poison = dice.chance(0.2) ? `${POISON}\n` : '';
    const rate = 50 + dice.below(500);
    await operator.writePolicy(scope, `${poison}[ddos.rate_limiting]\nrequests_per_second = ${rate}\n`);
  }

  async speakOnRollout(): Promise<void> {
    await this.#world.operator.orderRollout(this.#dice.pick(['pause', 'resume', 'resume', 'rollback']));
  }

  async command(): Promise<void> {
    const command = this.#dice.pick(['drain', 'undrain', 'undrain', 'reload', 'diagnose']);
    const selector = this.#world.drawSelector(this.#dice);
    await this.#world.operator.command(command, selector, 5 + this.#dice.below(60));
  }

  async banOnSome(): Promise<void> {
    const { operator, chronicle } = this.#world;
    const [target, seconds] = [operator.drawTarget(), operator.drawSeconds()];
    const deadlineSeconds = 5 + this.#dice.below(60);
    chronicle.banned(target, deadlineSeconds + seconds);
    const selector = this.#world.drawSelector(this.#dice);
    await operator.command('ban', selector, deadlineSeconds, { target, duration_seconds: seconds });
  }

  async liftOnSome(): Promise<void> {
    const { operator, chronicle } = this.#world;
    const target = operator.drawTarget();
    chronicle.lifted.add(target);
    const deadlineSeconds = 5 + this.#dice.below(60);
    await operator.command('unban', this.#world.drawSelector(this.#dice), deadlineSeconds, { target });
  }

  nodeLifts(): void {
    const { operator, nodes, chronicle } = this.#world;
    const target = operator.drawTarget();
    chronicle.lifted.add(target);
    this.#dice.pick(nodes).lift(target);
  }

  nodeBans(): void {
    const { operator, nodes, chronicle } = this.#world;
    const [target, seconds] = [operator.drawTarget(), operator.drawSeconds()];
    if (this.#dice.pick(nodes).ban(target, seconds)) chronicle.banned(target, seconds);
  }

  /** The client whom all nodes count asks some of them in turn. */
  clientAsks(): void {
    const dice = this.#dice;
    const forMs = dice.between(0, CLIENT_MAX_MS);
    const { nodes, schedule, chronicle } = this.#world;
    const asked = nodes.filter(() => dice.chance(0.6));
    const endMs = schedule.nowMs + forMs;
    const ask = (): void => {
      const admitted = asked.length === 0 ? null : dice.pick(asked).ask();
      if (admitted !== null) chronicle.asked(admitted);
      if (schedule.nowMs < endMs) this.#later(dice.between(1, REQUEST_PAUSE_MAX_MS), ask);
    };
    ask();
  }
}
