/** The command line of the comparison. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fail, ok, type Result } from '../../src/core/result.ts';
import { PEERS, type PeerName } from './peers.ts';
import { SCENARIO_NAMES } from './scenarios.ts';

export interface BenchOptions {
  readonly scenarios: readonly string[];
  readonly peers: readonly PeerName[];
  readonly rounds: number;
  readonly seconds: number;
  readonly minutes: number;
  readonly json: string | null;
  readonly install: boolean;
  /** Folder of a Core Rule Set for the comparison of firewalls, or null. */
  readonly crs: string | null;
  readonly help: boolean;
}

export const USAGE = `npm run bench -- [options]

  --only NAMES     scenarios, separated by commas: ${SCENARIO_NAMES.join(', ')}
  --peers NAMES    programs, separated by commas: ${Object.keys(PEERS).join(', ')}
  --rounds N       measurements of each scenario and program (5)
  --seconds N      length of one measurement (2)
  --minutes N      no new measurement starts after this time (6)
  --json FILE      write all values and the circumstances as JSON
  --crs FOLDER     Core Rule Set for the firewalls: crs-setup.conf.example and rules/ (SECBEAT_SHARED/data/crs)
  --no-install     do not install missing programs from Debian
`;

export function parseOptions(args: readonly string[]): Result<BenchOptions, string> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: 'string', default: SCENARIO_NAMES.join(',') },
        peers: { type: 'string', default: Object.keys(PEERS).join(',') },
        rounds: { type: 'string', default: '5' },
        seconds: { type: 'string', default: '2' },
        minutes: { type: 'string', default: '6' },
        json: { type: 'string' },
        crs: { type: 'string' },
        'no-install': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return ok({
      scenarios: toNames(values.only, SCENARIO_NAMES),
      peers: toNames(values.peers, Object.keys(PEERS)) as PeerName[],
      rounds: toCount('--rounds', values.rounds, 1000),
      seconds: toCount('--seconds', values.seconds, 600),
      minutes: toCount('--minutes', values.minutes, 600),
      json: values.json ?? null,
      install: !values['no-install'],
      crs: values.crs ?? sharedRuleSet(),
      help: values.help,
    });
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function sharedRuleSet(): string {
  const shared = process.env.SECBEAT_SHARED ?? fileURLToPath(new URL('../../../shared', import.meta.url));
  return join(shared, 'data/crs');
}

function toNames(text: string, known: readonly string[]): string[] {
  const names = text.split(',').filter((name) => name !== '');
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(', ')}; there are ${known.join(', ')}`);
  return names;
}

function toCount(flag: string, text: string, max: number): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > max)
    throw new Error(`${flag} takes a number from 1 to ${max}`);
  return count;
}
