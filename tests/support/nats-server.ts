/** Real NATS servers with JetStream: child processes with a folder of their own, alone or as a cluster. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, OWN_HOST } from './node-config.ts';
import { until, within } from './until.ts';

/** Debian keeps it among the programs of the administrator. */
const ENVIRONMENT = { PATH: `${process.env.PATH ?? ''}:/usr/sbin` };

interface Place {
  readonly port: number;
  readonly clusterPort: number;
}

export class NatsServer {
  readonly url: string;
  readonly name: string;
  readonly #configPath: string;
  #output = '';
  #child: ChildProcess | null = null;
  #exited: Promise<void> = Promise.resolve();

  constructor(name: string, port: number, configPath: string) {
    this.name = name;
    this.url = `nats://${OWN_HOST}:${port}`;
    this.#configPath = configPath;
  }

  /** Starts it, also again after `kill`. */
  async start(): Promise<void> {
    const known = this.#output.length;
    const child = spawn('nats-server', ['-c', this.#configPath], {
      env: ENVIRONMENT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    const exited = Promise.withResolvers<void>();
    this.#exited = exited.promise;
    child.once('close', () => exited.resolve());
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        this.#output += text;
      });
    }
    await until(
      'NATS server that is ready',
      () => this.#output.slice(known),
      (text) => text.includes('Server is ready'),
    );
  }

  /** Ends it without a word, as a crash would. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await within('end of the NATS server', this.#exited);
    this.#child = null;
  }

  /** Stands still until `resume`, as a machine that swaps. */
  stopForNow(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }
}

export class NatsCluster {
  readonly servers: readonly NatsServer[];
  readonly #folder: string;

  private constructor(folder: string, servers: readonly NatsServer[]) {
    this.#folder = folder;
    this.servers = servers;
  }

  /**
   * Starts `size` servers that form one cluster; one server is a cluster of its own.
   *
   * @param more what stands in the configuration of each beside that
   */
  static async start(size = 1, more = ''): Promise<NatsCluster> {
    requireServer();
    const folder = mkdtempSync(join(tmpdir(), 'secbeat-nats-'));
    const places: Place[] = [];
    for (let nth = 0; nth < size; nth += 1) {
      places.push({ port: await freePort(), clusterPort: await freePort() });
    }
    const servers = places.map(({ port }, nth) => {
      const path = join(folder, `server-${nth}.conf`);
      writeFileSync(path, `${configOf(nth, places, join(folder, `store-${nth}`))}${more}\n`);
      return new NatsServer(`server-${nth}`, port, path);
    });
    await Promise.all(servers.map((server) => server.start()));
    return new NatsCluster(folder, servers);
  }

  get urls(): readonly string[] {
    return this.servers.map(({ url }) => url);
  }

  async remove(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.kill()));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function requireServer(): void {
  try {
    execFileSync('nats-server', ['--version'], { stdio: 'ignore', env: ENVIRONMENT });
  } catch (cause) {
    const message = 'These tests need nats-server, which is not installed: apt-get install nats-server';
    throw new Error(message, { cause });
  }
}

function configOf(nth: number, places: readonly Place[], storeDir: string): string {
  const { port, clusterPort } = places[nth]!;
  const routes = places.map((place) => `nats://${OWN_HOST}:${place.clusterPort}`).join(', ');
  const cluster = `cluster { name: secbeat, listen: "${OWN_HOST}:${clusterPort}", routes: [${routes}] }`;
  return `server_name: server-${nth}
listen: "${OWN_HOST}:${port}"
jetstream { store_dir: "${storeDir}", max_file: 1G, max_mem: 64M }
${places.length > 1 ? cluster : ''}
`;
}
