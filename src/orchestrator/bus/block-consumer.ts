/**
 * Takes wishes for bans from other programs: `PREFIX.commands.block`, kept in a stream until one orchestrator has decided.
 *
 * A wish is named by its id and ends at a fixed time, so one that is delivered twice changes nothing the second time; one that
 * is over, or that cannot be read, is put aside. It is acknowledged once the ban is durable.
 */
import { AckPolicy, type JsMsg, jetstream, RetentionPolicy } from '@nats-io/jetstream';
import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/error-message.ts';
import type { Logger } from '../../core/logger.ts';
import { type BlockCommand, blockCommand } from '../../messages/bus-messages.ts';
import type { SharedBanDesk } from '../bans/shared-ban-desk.ts';
import type { Duty } from '../duties.ts';
import type { NatsBus } from '../nats/nats-engine.ts';

export interface BlockConsumerDeps {
  readonly bus: NatsBus;
  readonly bans: SharedBanDesk;
  readonly clock: Clock;
  readonly logger: Logger;
}

const PAUSE_MS = 250;
const WAIT_MS = 1000;
const AT_ONCE = 100;
const CALL_MS = 2000;
/** Wishes that wait while no orchestrator is there; the oldest give way. */
const WAITING_MAX = 100_000;
const WAITING_NS = 86_400 * 1e9;
const DURABLE = 'bans';

/** The duty that takes wishes, and ends within a second or so each time. */
export function blockDuty({ bus, bans, clock, logger }: BlockConsumerDeps): Duty {
  const client = jetstream(bus.connection, { timeout: CALL_MS });
  const name = `${bus.prefix}_commands`;
  /** Ids that were decided on lately: a ban that was lifted meanwhile is not to come back. */
  const decided = new Set<string>();
  let made = false;
  const make = async (): Promise<void> => {
    const manager = await client.jetstreamManager();
    const limits = { max_msgs: WAITING_MAX, max_age: WAITING_NS, retention: RetentionPolicy.Limits };
    const subjects = [`${bus.prefix}.commands.block`];
    await manager.streams.add({ name, subjects, num_replicas: bus.replicas, ...limits });
    await manager.consumers.add(name, { durable_name: DURABLE, ack_policy: AckPolicy.Explicit });
    made = true;
  };
  const take = async (message: JsMsg): Promise<void> => {
    const wish = readWish(message);
    const leftSeconds = wish === null ? 0 : secondsLeft(wish, clock.wallMs());
    if (wish === null || leftSeconds <= 0 || decided.has(wish.command_id)) {
      message.ack();
      return;
    }
    const reason = wish.reason === '' ? `asked for by ${wish.source}` : wish.reason;
    const ban = { target: wish.ip, reason, confidence: 1, duration_seconds: leftSeconds, manual: true };
    const done = await bans.report({ bans: [ban], lifted: [] }, { kind: 'system', id: 'nats' });
    if (!done.ok) {
      logger.warn('A ban that was asked for over NATS waits', { error: done.fault.detail });
      message.nak(WAIT_MS);
      return;
    }
    decided.add(wish.command_id);
    for (const oldest of decided) {
      if (decided.size <= WAITING_MAX) break;
      decided.delete(oldest);
    }
    message.ack();
  };
  const step = async (): Promise<void> => {
    try {
      if (!made) await make();
      const consumer = await client.consumers.get(name, DURABLE);
      const messages = await consumer.fetch({ max_messages: AT_ONCE, expires: WAIT_MS });
      for await (const message of messages) await take(message);
    } catch (error) {
      logger.debug('Wishes for bans cannot be read', { error: messageOf(error) });
    }
  };
  return { name: 'block commands', pauseMs: PAUSE_MS, step };
}

/** Null for what is none, or names no address that can be banned. */
function readWish(message: JsMsg): BlockCommand | null {
  try {
    const wish = blockCommand.safeParse(JSON.parse(message.string()));
    return wish.success ? wish.data : null;
  } catch {
    return null;
  }
}

function secondsLeft(
  { issued_at: issuedAt, duration_seconds: durationSeconds }: BlockCommand,
  wallMs: number,
): number {
  return Math.min(durationSeconds, (Date.parse(issuedAt) - wallMs) / 1000 + durationSeconds);
}
