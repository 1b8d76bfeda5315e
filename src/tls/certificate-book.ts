/**
 * The certificates in force on the main thread, kept up to date with their files.
 *
 * A configuration is taken with all its certificates or not at all. Later changes of the files are taken one by
 * one: a pair that has become unusable is told and its predecessor stays, while the others go on. Certificates
 * that the node has got itself (`add`) come last, so that what the operator configured for a name counts.
 */
import { fail, ok, type Result } from '../core/result.ts';
import { type CertificateFiles, filePaths, readProfile } from './certificate-files.ts';
import { FileWatch } from './file-watch.ts';
import type { TlsProfile } from './tls-policy.ts';

export interface CertificateBookOptions {
  /** New profiles are in force; all of them, the default first. */
  readonly onChange: (profiles: readonly TlsProfile[]) => void;
  /** A certificate could not be read, and the one before stays. */
  readonly onFault: (fault: string) => void;
}

export class CertificateBook {
  readonly #options: CertificateBookOptions;
  readonly #watch: FileWatch;
  #configured: readonly CertificateFiles[] = [];
  readonly #added = new Map<string, CertificateFiles>();
  /** What was last read from which files; an added certificate may not be there yet. */
  #read: ReadonlyMap<CertificateFiles, TlsProfile> = new Map();
  #refreshing: Promise<void> = Promise.resolve();

  constructor(options: CertificateBookOptions) {
    this.#options = options;
    this.#watch = new FileWatch(() => this.refresh());
  }

  /** What is in force, the default first. */
  get profiles(): readonly TlsProfile[] {
    return [...this.#read.values()];
  }

  /**
   * Puts what a configuration asks for in force; `profiles` were read from `files`, in the same order. All is read once
   * more when the files are watched, for one may have changed in between.
   */
  async configure(files: readonly CertificateFiles[], profiles: readonly TlsProfile[]): Promise<void> {
    const read = new Map(files.map((one, index) => [one, profiles[index]!]));
    for (const one of this.#added.values()) keep(read, one, this.#read.get(one));
    this.#configured = files;
    this.#read = read;
    await this.#watch.watch(this.#paths());
    await this.refresh();
  }

  /** Uses a certificate for a name, or reads it again; it is kept through configurations. */
  async add(name: string, certPath: string, keyPath: string): Promise<void> {
    const names = [name];
    this.#added.set(name, { names, certPath, keyPath, clientCertificates: 'off', clientCaPath: null });
    if (this.#configured.length === 0) return;
    await this.#watch.watch(this.#paths());
    await this.refresh();
  }

  /** Looks whether files have changed; called about once a second. */
  look(): Promise<void> {
    return this.#watch.look();
  }

  /** Reads everything again, one time after the other. */
  refresh(): Promise<void> {
    const done = this.#refreshing.then(() => this.#refresh());
    this.#refreshing = done.catch(() => undefined);
    return done;
  }

  async #refresh(): Promise<void> {
    const before = this.#read;
    const read = new Map<CertificateFiles, TlsProfile>();
    for (const files of [...this.#configured, ...this.#added.values()]) {
      const profile = await readProfile(files);
      if (!profile.ok) this.#options.onFault(profile.fault);
      keep(read, files, profile.ok ? profile.value : before.get(files));
    }
    // A configuration that came into force in between has read its files itself.
    if (this.#read !== before || sameProfiles(before, read)) return;
    this.#read = read;
    this.#options.onChange(this.profiles);
  }

  #paths(): readonly string[] {
    return filePaths([...this.#configured, ...this.#added.values()]);
  }
}

/** Reads all certificates of a configuration; any fault refuses it, and all faults are told. */
export async function readProfiles(
  all: readonly CertificateFiles[],
): Promise<Result<readonly TlsProfile[], readonly string[]>> {
  const profiles: TlsProfile[] = [];
  const faults: string[] = [];
  for (const files of all) {
    const read = await readProfile(files);
    if (read.ok) profiles.push(read.value);
    else faults.push(read.fault);
  }
  return faults.length === 0 ? ok(profiles) : fail(faults);
}

function keep(
  read: Map<CertificateFiles, TlsProfile>,
  files: CertificateFiles,
  profile: TlsProfile | undefined,
): void {
  if (profile !== undefined) read.set(files, profile);
}

function sameProfiles(
  some: ReadonlyMap<CertificateFiles, TlsProfile>,
  others: ReadonlyMap<CertificateFiles, TlsProfile>,
): boolean {
  return JSON.stringify([...some.values()]) === JSON.stringify([...others.values()]);
}
