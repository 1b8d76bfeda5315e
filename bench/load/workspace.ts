/**
 * What lives as long as a comparison: a temporary folder, a certificate, free ports and every process started.
 *
 * `dispose` ends the processes by their ids and removes the folder, on success, on failure and on Ctrl-C.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFamily, readFilesMax } from './machine.ts';

export interface StartRequest {
  readonly name: string;
  readonly core: number;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Enough for the idle connections of one measurement, on both sides of a proxy. */
const FILES_WANTED = 20_000;

const LOG_CHARACTERS_SHOWN = 2000;

export class Workspace {
  readonly folder: string;
  readonly certificate: string;
  readonly key: string;
  readonly #children: ChildProcess[] = [];

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'secbeat-bench-'));
    this.certificate = join(this.folder, 'cert.pem');
    this.key = join(this.folder, 'key.pem');
    createCertificate(this.certificate, this.key);
  }

  write(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  /** The same pair in one file, certificate first. */
  combinedCertificate(): string {
    return this.write(
      'combined.pem',
      readFileSync(this.certificate, 'utf8') + readFileSync(this.key, 'utf8'),
    );
  }

  /** Starts a program on one core; what it prints goes to a log file in the folder. */
  start({ name, core, command, args, env }: StartRequest): ChildProcess {
    const log = openSync(this.#logPath(name), 'a');
    const child = spawn(
      'prlimit',
      [`--nofile=${Math.min(FILES_WANTED, readFilesMax())}`, 'taskset', '-c', String(core), command, ...args],
      { cwd: this.folder, env: { ...process.env, ...env }, stdio: ['ignore', log, log] },
    );
    closeSync(log);
    child.on('error', () => undefined);
    this.#children.push(child);
    return child;
  }

  /** The end of what a program printed, for the message that it failed. */
  readLog(name: string): string {
    try {
      return readFileSync(this.#logPath(name), 'utf8').slice(-LOG_CHARACTERS_SHOWN).trim();
    } catch {
      return '';
    }
  }

  /** Ends all programs and removes the folder. */
  dispose(): void {
    // Workers of a program would outlive their master.
    for (const child of this.#children) if (child.exitCode === null) killFamily(child.pid);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #logPath(name: string): string {
    return join(this.folder, `${name}.log`);
  }
}

function killFamily(root: number | undefined): void {
  if (root === undefined) return;
  for (const pid of findFamily(root)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

/** A port that was free a moment ago. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Elliptic-curve keys are what sites use today, and they make the handshake of all programs equally cheap. */
function createCertificate(certificate: string, key: string): void {
  execFileSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '30',
      ],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
      ...['-keyout', key, '-out', certificate],
    ],
    { stdio: 'pipe' },
  );
}
