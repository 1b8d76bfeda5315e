/** The program as people run it: a process of its own, with what it printed and how it ended. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Run {
  readonly code: number | null;
  readonly output: string;
  readonly complaints: string;
}

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/** Runs one command to its end. */
export async function runProgram(args: readonly string[], folder: string = process.cwd()): Promise<Run> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = ['', ''];
  for (const [index, stream] of [child.stdout, child.stderr].entries()) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      texts[index] += text;
    });
  }
  const [code] = await once(child, 'close');
  return { code, output: texts[0] ?? '', complaints: texts[1] ?? '' };
}
