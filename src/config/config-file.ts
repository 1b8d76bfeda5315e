/** Reads a configuration file: the one place of this folder that touches the disk. */
import { closeSync, openSync, readSync } from 'node:fs';
import { fail, ok, type Result } from '../core/result.ts';
import { FILE_BYTES_MAX } from './toml-document.ts';

export interface FileFault {
  readonly kind: 'missing' | 'unreadable';
  readonly message: string;
}

export type ReadFile = (path: string) => Result<Uint8Array, FileFault>;

/** Reads at most one byte more than is permitted, so that a device or a huge file cannot fill the memory. */
export const readConfigFile: ReadFile = (path) => {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(path, 'r');
    return ok(readBounded(descriptor));
  } catch (error) {
    return fail(toFileFault(error));
  } finally {
    if (descriptor !== null) {
      closeSync(descriptor);
    }
  }
};

function readBounded(descriptor: number): Uint8Array {
  const buffer = new Uint8Array(FILE_BYTES_MAX + 1);
  let length = 0;
  for (;;) {
    const count = readSync(descriptor, buffer, length, buffer.length - length, null);
    length += count;
    if (count === 0 || length === buffer.length) return buffer.slice(0, length);
  }
}

function toFileFault(error: unknown): FileFault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return code === 'ENOENT'
    ? { kind: 'missing', message: 'does not exist' }
    : { kind: 'unreadable', message: `cannot be read: ${code}` };
}
