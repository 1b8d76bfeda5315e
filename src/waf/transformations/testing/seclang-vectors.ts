/** The public test vectors of the rule language, read from where they lie: arrays of cases, a file each. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findShared } from '../../../../tests/support/shared-data.ts';

export interface Vector {
  /** In lower case. */
  readonly name: string;
  /** Its place in its file, counted from 1. */
  readonly place: number;
  readonly param: string;
  readonly input: string;
  /** Of a transformation. */
  readonly output: string;
  /** Of an operator: whether it matches. */
  readonly matches: boolean;
  /** Of patterns, where given: the first captures. */
  readonly groups: readonly string[] | null;
}

interface VectorFile {
  readonly name: string;
  readonly param?: string;
  readonly input: string;
  readonly output?: string;
  readonly ret: number;
  readonly re_groups?: readonly string[];
}

const ESCAPE = /\\x([0-9a-zA-Z]{2})|\\u([0-9a-zA-Z]{4})/g;

/** The path of a folder of vectors, null where it is absent. */
export function vectorFolder(kind: 'operators' | 'transformations'): string | null {
  return findShared(`data/seclang-vectors/${kind}`);
}

export function readVectors(folder: string): readonly Vector[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files.flatMap((file) => {
    const cases: readonly VectorFile[] = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    return cases.map((one, index) => ({
      name: one.name.toLowerCase().replaceAll('_', ''),
      place: index + 1,
      param: toBytes(one.param ?? ''),
      input: fromEscapes(one.input),
      output: fromEscapes(one.output ?? ''),
      matches: one.ret === 1,
      groups: one.re_groups?.map(toBytes) ?? null,
    }));
  });
}

function toBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Vectors write bytes as escapes of their own, with digits that need not be any: strtol of C reads what it can. */
function fromEscapes(text: string): string {
  return toBytes(text).replace(ESCAPE, (_, two?: string, four?: string) =>
    String.fromCharCode((Number.parseInt(two ?? four ?? '', 16) || 0) & 0xff),
  );
}
