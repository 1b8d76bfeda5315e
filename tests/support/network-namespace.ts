/**
 * A network of its own beside the machine's: a namespace behind a pair of virtual interfaces, with several clients'
 * addresses in it. Programs run inside of it by `run`. Needs root and the ip program; `whyNot` says what is missing.
 */
import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

const runFile = promisify(execFile);

export class NetworkNamespace {
  readonly name: string;
  /** Of the machine, on the way to the namespace. */
  readonly host4: string;
  /** Of two clients that share nothing but their last hop. */
  readonly clients4: readonly [string, string];
  readonly hosts6: readonly [string, string];
  readonly clients6: readonly [string, string];

  private constructor() {
    const id = process.pid % 65_536;
    this.name = `sbt${id}`;
    const net4 = `10.${200 + (id >>> 13)}.${(id >>> 5) & 255}`;
    const base = (id & 31) << 3;
    this.host4 = `${net4}.${base + 1}`;
    this.clients4 = [`${net4}.${base + 2}`, `${net4}.${base + 3}`];
    const nets6 = [`fd5b:${id.toString(16)}:a::`, `fd5b:${id.toString(16)}:b::`] as const;
    this.hosts6 = [`${nets6[0]}1`, `${nets6[1]}1`];
    this.clients6 = [`${nets6[0]}2`, `${nets6[1]}2`];
  }

  /** Why namespaces cannot be made here, or null. */
  static whyNot(): string | null {
    const probe = `sbt-probe-${process.pid}`;
    try {
      execFileSync('ip', ['netns', 'add', probe], { stdio: 'ignore' });
      execFileSync('ip', ['netns', 'del', probe], { stdio: 'ignore' });
      return null;
    } catch {
      return 'network namespaces cannot be made here';
    }
  }

  static open(): NetworkNamespace {
    const network = new NetworkNamespace();
    const { name, host4, clients4, hosts6, clients6 } = network;
    const [outer, inner] = [`${name}o`, `${name}i`];
    ip('netns', 'add', name);
    ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', name);
    ip('addr', 'add', `${host4}/29`, 'dev', outer);
    for (const address of hosts6) ip('addr', 'add', `${address}/64`, 'dev', outer, 'nodad');
    ip('link', 'set', outer, 'up');
    for (const address of clients4) ip('-n', name, 'addr', 'add', `${address}/29`, 'dev', inner);
    for (const address of clients6) ip('-n', name, 'addr', 'add', `${address}/64`, 'dev', inner, 'nodad');
    ip('-n', name, 'link', 'set', inner, 'up');
    return network;
  }

  /** Runs a program inside; resolves with what it printed. */
  async run(program: string, args: readonly string[]): Promise<string> {
    const { stdout } = await runFile('ip', ['netns', 'exec', this.name, program, ...args]);
    return stdout;
  }

  /** Takes the namespace away, and the interfaces with it. */
  close(): void {
    ip('link', 'del', `${this.name}o`);
    ip('netns', 'del', this.name);
  }
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
