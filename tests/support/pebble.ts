/**
 * A certificate authority for tests: Debian's `pebble`, with the DNS server that comes with it answering every name
 * with one address. Roots are made anew at each start; nothing outlives the test.
 *
 * `skipWithoutPebble` says in plain words why a test is skipped where the programs are not installed.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { createSelfSigned } from '../../src/tls/self-signed.ts';
import { freePort, OWN_HOST } from './node-config.ts';
import { until, within } from './until.ts';

export interface PebbleOptions {
  /** Where its files go. */
  readonly folder: string;
  /** The address that every name leads to; `OWN_HOST` where it is left out. */
  readonly host?: string;
  /** Ports of that address at which it looks for answers to challenges. */
  readonly httpPort: number;
  readonly tlsPort: number;
  /** Seconds that a certificate is valid; five years where it is left out. */
  readonly validSeconds?: number;
  /** Keys of external accounts by their ids; accounts need one of them where there is any. */
  readonly externalAccounts?: Readonly<Record<string, string>>;
  /** Switches as pebble reads them from its environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

export class Pebble {
  readonly directoryUrl: string;
  /** The certificate that the authority's own server shows, in PEM: what its clients have to trust. */
  readonly caPath: string;
  readonly log: string[] = [];
  readonly #managementUrl: string;
  readonly #processes: ChildProcess[] = [];

  private constructor(folder: string, port: number, managementPort: number) {
    this.directoryUrl = `https://${OWN_HOST}:${port}/dir`;
    this.caPath = join(folder, 'authority.pem');
    this.#managementUrl = `https://${OWN_HOST}:${managementPort}`;
  }

  static async start(options: PebbleOptions): Promise<Pebble> {
    const { folder, httpPort, tlsPort, validSeconds, externalAccounts } = options;
    const [port, managementPort, dnsPort, dnsManagementPort] = await Promise.all([
      freePort(),
      freePort(),
      freePort(),
      freePort(),
    ]);
    const pebble = new Pebble(folder, port, managementPort);
    const configPath = join(folder, 'pebble.json');
    const own = await createSelfSigned([OWN_HOST]);
    mkdirSync(folder, { recursive: true });
    writeFileSync(pebble.caPath, own.certPem);
    writeFileSync(join(folder, 'authority.key'), own.keyPem);
    const settings = {
      listenAddress: `${OWN_HOST}:${port}`,
      managementListenAddress: `${OWN_HOST}:${managementPort}`,
      certificate: pebble.caPath,
      privateKey: join(folder, 'authority.key'),
      httpPort,
      tlsPort,
      ...(validSeconds === undefined ? {} : { certificateValidityPeriod: validSeconds }),
      externalAccountBindingRequired: externalAccounts !== undefined,
      externalAccountMACKeys: externalAccounts ?? {},
    };
    writeFileSync(configPath, JSON.stringify({ pebble: settings }));
    pebble.#run(
      'pebble-challtestsrv',
      nameServerArguments(dnsPort, dnsManagementPort, options.host ?? OWN_HOST),
      {},
    );
    pebble.#run('pebble', ['-config', configPath, '-dnsserver', `${OWN_HOST}:${dnsPort}`], {
      PEBBLE_VA_NOSLEEP: '1',
      ...options.environment,
    });
    try {
      await until('answer of pebble', () => pebble.#answers(), Boolean);
    } catch (error) {
      await pebble.stop();
      throw new Error(`pebble did not start: ${pebble.log.join('\n')}`, { cause: error });
    }
    return pebble;
  }

  /** The root that its certificates lead to, in PEM. */
  async rootPem(): Promise<string> {
    return await get(`${this.#managementUrl}/roots/0`);
  }

  async stop(): Promise<void> {
    for (const process of this.#processes) {
      if (process.exitCode !== null || process.signalCode !== null) continue;
      const ended = Promise.withResolvers<void>();
      process.once('close', () => ended.resolve());
      process.kill('SIGKILL');
      await within('end of pebble', ended.promise);
    }
  }

  #run(command: string, args: readonly string[], environment: Readonly<Record<string, string>>): void {
    const child = spawn(command, args, {
      env: { PATH: process.env.PATH ?? '', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.on('error', (error) => this.log.push(error.message));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => this.log.push(text.trimEnd()));
    }
    this.#processes.push(child);
  }

  async #answers(): Promise<boolean> {
    return await get(this.directoryUrl).then(
      () => true,
      () => false,
    );
  }
}

/** For `describe`: false where pebble can run, else why it cannot. */
export function skipWithoutPebble(): false | string {
  const missing = ['pebble', 'pebble-challtestsrv'].filter(
    (command) => spawnSync(command, ['-h'], { stdio: 'ignore' }).error !== undefined,
  );
  return missing.length === 0
    ? false
    : `${missing.join(' and ')} not installed (Debian package pebble): no certificate authority to test with`;
}

/** Of the several servers in it, DNS only. */
function nameServerArguments(dnsPort: number, managementPort: number, host: string): readonly string[] {
  return [
    ...['-dns01', `${OWN_HOST}:${dnsPort}`, '-management', `${OWN_HOST}:${managementPort}`],
    ...['-defaultIPv4', host, '-defaultIPv6', ''],
    ...['-http01', '', '-https01', '', '-tlsalpn01', ''],
  ];
}

/** Its servers are not verified here: they are ours. */
function get(url: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const call = request(url, { rejectUnauthorized: false, agent: false }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    response.on('end', () => resolve(text));
    response.on('error', reject);
  });
  call.on('error', reject);
  call.end();
  return promise;
}
