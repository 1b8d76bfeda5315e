/**
 * Kinds of values that several messages share.
 *
 * Messages carry foreign data into deciding code, so every number is finite and bounded and every text is capped:
 * one bad sender can neither steer a sum over the fleet nor fill the memory. Unknown fields are left out silently,
 * which lets either side be newer than the other.
 */
import { z } from 'zod';

/** Any UUID in its text form; read without regard to case, kept in lower case. */
export const nodeId = z.guid().toLowerCase();

export const ipAddress = z.union([z.ipv4(), z.ipv6()]);

/** A finite rate from 0 on; no machine measures more, and the sum over a fleet stays finite. */
export const amount = z.number().min(0).max(1e12);

/** A whole number from 0 on that a double holds exactly. */
export const count = z.int().min(0);

/** 0 to 100, never a fraction of 1. */
export const percent = z.number().min(0).max(100);

/** A short name: kind of node, region, tag, version. */
export const shortText = z.string().max(64);

/** A sentence for people. */
export const longText = z.string().max(256);

/** RFC 3339, UTC. */
export const timestamp = z.iso.datetime();

/** When a process started, as milliseconds since 1970: tells two processes of one node apart, the newer one wins. */
export const epoch = z
  .int()
  .min(0)
  .describe('Start of the sending process in milliseconds since 1970; of two processes the newer wins.');

/** The end of the year 9999: RFC 3339 has no later times. */
const WALL_MS_MAX = 253_402_300_799_999;

/** Milliseconds since 1970 by the clock of the orchestrator. */
export const wallMs = z.int().min(0).max(WALL_MS_MAX);
