/**
 * A helper of a trial in a process of its own: origin, bystander, attacker, clients. Commands and answers go by lines,
 * see `helper-program.ts`; the process ends when its input does.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { within } from '../support/until.ts';

const END_MS = 5000;
/** Time for any command but those that say otherwise. */
const ANSWER_MS = 60_000;

export interface HelperOptions {
  /** Gives way to everything else on its core: for attackers, who would otherwise measure themselves. */
  readonly humble?: boolean;
}

export class HelperProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #gone: Promise<void>;
  #nextId = 1;

  private constructor(program: URL, { humble = false }: HelperOptions) {
    const own = [process.execPath, fileURLToPath(program)];
    const [command = '', ...args] = humble ? ['nice', '-n', '19', ...own] : own;
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const gone = Promise.withResolvers<void>();
    this.#gone = gone.promise;
    const end = (): void => {
      gone.resolve();
      for (const { reject } of this.#waiting.values()) reject(new Error(`${program.pathname} has ended`));
    };
    this.#child.once('close', end);
    this.#child.once('error', end);
    this.#child.stdin!.on('error', end);
    createInterface({ input: this.#child.stdout! }).on('line', (line) => this.#receive(line));
  }

  static start(program: URL, options: HelperOptions = {}): HelperProcess {
    return new HelperProcess(program, options);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Gives a command and returns the answer; whoever asks knows its type. */
  async ask<T>(command: string, argument: unknown = null, patienceMs: number = ANSWER_MS): Promise<T> {
    const id = this.#nextId++;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(id, answer);
    this.#child.stdin!.write(`${JSON.stringify({ id, command, argument })}\n`);
    try {
      return (await within(`answer to ${command}`, answer.promise, patienceMs)) as T;
    } finally {
      this.#waiting.delete(id);
    }
  }

  /** Freezes, thaws or kills exactly this process. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Ends the process: by itself, or by force where it does not. */
  async stop(): Promise<void> {
    this.#child.kill('SIGCONT');
    this.#child.stdin!.end();
    await within('end of a helper', this.#gone, END_MS).catch(() => this.#child.kill('SIGKILL'));
  }

  #receive(line: string): void {
    const { id, value, fault } = JSON.parse(line) as { id: number; value?: unknown; fault?: string };
    const waiting = this.#waiting.get(id);
    if (fault === undefined) waiting?.resolve(value);
    else waiting?.reject(new Error(fault));
  }
}
