/**
 * Who is kept out and who is let through, as far as the main thread sees to it: large lists and address data on their
 * way to the workers, and bans on their way to the kernel, from which allowed addresses are kept away.
 */
import type { Config } from '../config/schema.ts';
import { type AccessLists, NamedList } from '../core/access-lists.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import { compilePrefixTexts, type PrefixSet } from '../core/prefix-set.ts';
import type { BanInForce, BanMirror, KernelReading } from './kernel/ban-mirror.ts';
import { createBanMirror, guardedAddresses } from './kernel/create-ban-mirror.ts';
import type { GuardedAddress } from './kernel/nft-script.ts';
import { AddressData } from './lists/address-data.ts';
import type { ListReading } from './lists/list-keeper.ts';
import type { ToWorker, WorkerStart } from './worker-messages.ts';

export interface AccessKeeperOptions {
  readonly config: Config;
  /** The two lists of the configuration. */
  readonly configured: AccessLists;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tell: (message: ToWorker) => void;
  readonly readBans: () => Iterable<BanInForce>;
}

export class AccessKeeper {
  readonly #data: AddressData;
  /** Null where the kernel is not given bans. */
  readonly #mirror: BanMirror | null;
  /** Who speaks for others by the PROXY protocol: the kernel sees only them, whoever is banned behind them. */
  #senders: PrefixSet;
  #configured: AccessLists;
  /** All lists in force, as the workers have them. */
  #access: AccessLists;

  constructor({ config, configured, clock, logger, tell, readBans }: AccessKeeperOptions) {
    this.#configured = configured;
    this.#access = configured;
    this.#senders = compilePrefixTexts(config.network.proxy_protocol_from);
    this.#data = new AddressData({
      clock,
      logger,
      stateDir: config.state.dir,
      onLists: (lists) => {
        tell({ kind: 'lists', lists });
        this.#renew();
      },
      onGeo: (geo) => tell({ kind: 'geo', geo }),
    });
    this.#mirror = createBanMirror(config, {
      clock,
      logger,
      isExempt: (prefix) => this.#access.allowsWithin(prefix) || this.#senders.touches(prefix),
      readBans,
    });
  }

  /** What a worker starts with. */
  get forWorkers(): Pick<WorkerStart, 'lists' | 'geo'> {
    return { lists: this.#data.lists, geo: this.#data.geo };
  }

  /** Loads what is on this machine; faults are sentences for the operator, and the node should not start. */
  load(config: Config): Promise<readonly string[]> {
    return this.#data.start(config);
  }

  /** Gives the bans to the kernel, for packets to where the node listens. */
  async guard(config: Config, listener: GuardedAddress): Promise<void> {
    await this.#mirror?.start(guardedAddresses(config, listener));
  }

  /** A reloaded configuration is in force, with these lists of its own. */
  configure(config: Config, configured: AccessLists): void {
    this.#configured = configured;
    this.#senders = compilePrefixTexts(config.network.proxy_protocol_from);
    this.#data.configure(config);
    this.#renew();
  }

  banSet(ban: BanInForce): void {
    this.#mirror?.put(ban);
  }

  banLifted(target: string): void {
    this.#mirror?.remove(target);
  }

  /** Does what is due; called every second. */
  sweep(): void {
    this.#mirror?.sweep();
    this.#data.sweep();
  }

  /** What metrics show. */
  read(): { readonly lists: readonly ListReading[]; readonly kernel: KernelReading | null } {
    return { lists: this.#data.read(), kernel: this.#mirror?.read() ?? null };
  }

  /** Stops loading and takes the bans out of the kernel. */
  async close(): Promise<void> {
    this.#data.close();
    await this.#mirror?.stop();
  }

  #renew(): void {
    this.#access = this.#configured.withLists(this.#data.lists.map((list) => new NamedList(list)));
    this.#mirror?.exemptionsChanged();
  }
}
