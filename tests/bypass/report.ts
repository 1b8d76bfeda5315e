/** Results as text for people. */
import type { Baseline, Loss, Row } from './evaluation.ts';
import type { IdentityReport } from './identity.ts';
import type { RuleSetName } from './judge.ts';
import { toOctets } from './request.ts';

export function baselineLine(rules: RuleSetName, { attacks, notBlocked }: Baseline): string {
  const families = Map.groupBy(attacks, ({ family }) => family);
  const counts = [...families].sort().map(([family, of]) => `${family}: ${of.length}`);
  return `${rules}: ${attacks.length} attacks are blocked in their plain form (${counts.join(', ')}), ${notBlocked} tests are not`;
}

const COLUMNS = ['mutation', 'rules', 'tried', 'blocked', 'refused', 'explained', 'bypass'];

export function table(rows: readonly Row[]): string[] {
  const cells = rows
    .filter(({ tried }) => tried > 0)
    .map((row) => {
      const bypasses = bypassesOf(row).length;
      const { mutation, rules, tried, blocked, refused, lost } = row;
      return [mutation, rules, tried, blocked, refused, lost.length - bypasses, bypasses].map(String);
    });
  return [COLUMNS, ...cells].map((line) =>
    line.map((cell, index) => (index < 2 ? cell.padEnd(index === 0 ? 32 : 8) : cell.padStart(9))).join(' '),
  );
}

/** What was let through without a reason, by mutation and family, with the names of some tests. */
export function bypassLines(rows: readonly Row[], examples: number): string[] {
  return rows.flatMap((row) => {
    const families = Map.groupBy(bypassesOf(row), ({ attack }) => attack.family);
    return [...families].sort().map(([family, losses]) => {
      const tests = losses.slice(0, examples).map(({ attack }) => attack.name);
      return `  ${row.rules} ${row.mutation} ${family}: ${losses.length} (${tests.join(' ')})`;
    });
  });
}

/** The reasons that were needed, with how often. */
export function reasonLines(rows: readonly Row[]): string[] {
  const losses = rows.flatMap(({ lost }) => lost).filter(({ reason }) => reason !== null);
  const byReason = Map.groupBy(losses, ({ reason }) => reason);
  return [...byReason].map(
    ([reason, of]) => `  ${reason?.rules} ${reason?.kind} ${of.length}: ${reason?.reason}`,
  );
}

/** One JSON line for every request that got through, to look at and to send again. */
export function lossRecords(rows: readonly Row[]): string[] {
  return rows.flatMap(({ rules, mutation, lost }) =>
    lost.map(({ attack, request, reason }) => {
      const { name, family, place, payload } = attack;
      const sent = toOctets(request).toString('latin1').slice(0, 2000);
      return JSON.stringify({
        rules,
        mutation,
        test: name,
        family,
        place,
        payload,
        sent,
        reason: reason?.reason ?? null,
      });
    }),
  );
}

const DIFFERENCES_SHOWN = 5;
const CHARACTERS_SHOWN = 600;

export function identityLines(title: string, { compared, matches, differences }: IdentityReport): string[] {
  const shown = differences
    .slice(0, DIFFERENCES_SHOWN)
    .flatMap(({ request, screened, unscreened }) => [
      `  DIFFERS ${request.slice(0, CHARACTERS_SHOWN)}`,
      `    with    ${JSON.stringify(screened.slice(0, CHARACTERS_SHOWN))}`,
      `    without ${JSON.stringify(unscreened.slice(0, CHARACTERS_SHOWN))}`,
    ]);
  return [`${title}: ${compared} compared, ${matches} matches, ${differences.length} differ`, ...shown];
}

export function bypassesOf({ lost }: Row): readonly Loss[] {
  return lost.filter(({ reason }) => reason === null);
}
