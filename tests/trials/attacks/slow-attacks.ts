/**
 * slowhttptest in its four modes, with 2,000 connections from one address whose limits are wide enough for all of them:
 * what is left is the node's patience with slow peers. The tool asks by itself, all the time, whether the site is still there.
 */
import { spawn } from 'node:child_process';
import { within } from '../../support/until.ts';
import type { TrialRow } from '../report.ts';
import { skippedRow } from '../report.ts';
import type { TrialSetting } from '../trial.ts';
import { AttackStand, type AttackTimes, cellsOf, missesOf } from './attack-stand.ts';

export interface SlowAttack {
  readonly name: string;
  readonly args: readonly string[];
}

export const SLOW_ATTACKS: readonly SlowAttack[] = [
  { name: 'slow-headers', args: ['-H'] },
  { name: 'slow-bodies', args: ['-B'] },
  { name: 'slow-ranges', args: ['-R'] },
  { name: 'slow-reads', args: ['-X', '-w', '1', '-y', '16', '-n', '1', '-z', '1'] },
];

const PROGRAM = 'slowhttptest';
const CONNECTIONS = 2000;
const CONNECTIONS_PER_SECOND = 500;
/** The tool needs some time to open its connections, and to tell about them. */
const SECONDS_MIN = 15;
const END_MS = 30_000;
/** The tool has only one address, which would be banned: the node's other defences are to be seen. */
const SETTINGS = {
  ddos: {
    rate_limiting: { requests_per_second: 20_000, burst_size: 20_000 },
    connection_limits: {
      max_connections_per_ip: 2 * CONNECTIONS,
      max_new_connections_per_second: 2 * CONNECTIONS_PER_SECOND,
    },
  },
};
const UNAVAILABLE = /service available:\s*NO/;
const AVAILABLE = /service available:\s*YES/;

/** What the tool has said, status by status. */
interface ToolReport {
  readonly available: number;
  readonly unavailable: number;
}

export async function runSlowAttacks(
  setting: TrialSetting,
  attacks: readonly SlowAttack[],
  times: AttackTimes,
): Promise<readonly TrialRow[]> {
  if (attacks.length === 0) return [];
  if (!(await isInstalled())) {
    return attacks.map(({ name }) => skippedRow(name, `${PROGRAM} is not installed`));
  }
  const stand = await AttackStand.open(setting, SETTINGS);
  const rows: TrialRow[] = [];
  try {
    for (const attack of attacks) rows.push(await runOne(stand, attack, times));
  } finally {
    await stand.close();
  }
  return rows;
}

async function runOne(stand: AttackStand, { name, args }: SlowAttack, times: AttackTimes): Promise<TrialRow> {
  const seconds = Math.max(SECONDS_MIN, Math.round(times.attackSeconds));
  const url = `https://127.0.0.1:${stand.arena.node.port}/large`;
  const pace = ['-c', CONNECTIONS, '-r', CONNECTIONS_PER_SECOND, '-i', 2, '-l', seconds, '-p', 2, '-u', url];
  const seen = await stand.observe(times, () => runTool([...args, ...pace.map(String)], seconds));
  const { available, unavailable } = seen.told;
  return {
    name,
    cells: { connections: CONNECTIONS, available, unavailable, ...cellsOf(seen) },
    misses: [
      ...(available > 0 ? [] : ['the tool never found the site available']),
      ...(unavailable === 0 ? [] : [`the tool found the site not available ${unavailable} times`]),
      ...missesOf(seen, times),
    ],
    skipped: null,
  };
}

async function runTool(args: readonly string[], seconds: number): Promise<ToolReport> {
  // As all attackers: it shares a core with the origin and the bystander.
  const child = spawn('nice', ['-n', '19', PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let available = 0;
  let unavailable = 0;
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text: string) => {
    for (const line of text.split('\n')) {
      if (AVAILABLE.test(plainText(line))) available++;
      if (UNAVAILABLE.test(plainText(line))) unavailable++;
    }
  });
  const gone = Promise.withResolvers<void>();
  child.once('close', () => gone.resolve());
  await within(`end of ${PROGRAM}`, gone.promise, 1000 * seconds + END_MS).catch(() => child.kill('SIGKILL'));
  return { available, unavailable };
}

/** Without the colours of terminals. */
function plainText(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with an escape character
  return line.replace(/\u001b\[[0-9;]*m/g, '');
}

function isInstalled(): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(PROGRAM, ['-h'], { stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('close', () => resolve(true));
  });
}
