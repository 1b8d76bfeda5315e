/** Where a node keeps what its firewall decided, for `secbeat explain`: the last decisions, within a bounded size. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Decision } from '../../waf/decision.ts';
import { AppendLog, filesOf } from './append-log.ts';

const FILE_NAME = 'decisions.jsonl';
const FILE_BYTES_MAX = 8 << 20;
const FILES_KEPT = 3;
const PENDING_BYTES_MAX = 4 << 20;

/** @param stateDir the node's folder for what outlives it */
export function openDecisionLog(stateDir: string, onFault: (message: string) => void): AppendLog {
  return new AppendLog({
    path: join(stateDir, FILE_NAME),
    fileBytesMax: FILE_BYTES_MAX,
    filesKept: FILES_KEPT,
    pendingBytesMax: PENDING_BYTES_MAX,
    onFault,
  });
}

/** One line with its line feed. The id stands in front, where `findDecision` looks for it. */
export function formatDecision(decision: Decision): string {
  return `${JSON.stringify(decision)}\n`;
}

/** The decision of that id, or null where it was never written or has been rotated away. */
export async function findDecision(stateDir: string, id: string): Promise<Decision | null> {
  const beginning = `{"id":${JSON.stringify(id)},`;
  for (const path of filesOf(join(stateDir, FILE_NAME), FILES_KEPT)) {
    const text = await readOrEmpty(path);
    const at = text.startsWith(beginning) ? 0 : text.indexOf(`\n${beginning}`) + 1;
    if (at === 0 && !text.startsWith(beginning)) continue;
    const end = text.indexOf('\n', at);
    return readDecision(text.slice(at, end === -1 ? undefined : end));
  }
  return null;
}

async function readOrEmpty(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** A line that was cut by a full disk is no decision. */
function readDecision(line: string): Decision | null {
  try {
    // Decisions of versions without sites say nothing of one.
    return { site: '', ...(JSON.parse(line) as Omit<Decision, 'site'>) };
  } catch {
    return null;
  }
}
