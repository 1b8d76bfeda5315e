/**
 * The inside of a helper process: it obeys commands that come line by line on standard input, and ends with it, so
 * that nothing is left over where the trial ends, however that comes about.
 *
 *   {"id": 1, "command": "start", "argument": ...}   ->   {"id": 1, "value": ...} or {"id": 1, "fault": "..."}
 */
import { createInterface } from 'node:readline';

export type Command = (argument: never) => unknown;

/** Serves commands until standard input ends. */
export function serveCommands(commands: Readonly<Record<string, Command>>): void {
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => void obey(line, commands));
  lines.on('close', () => process.exit(0));
}

async function obey(line: string, commands: Readonly<Record<string, Command>>): Promise<void> {
  const { id, command, argument } = JSON.parse(line) as { id: number; command: string; argument: never };
  try {
    reply({ id, value: (await commands[command]!(argument)) ?? null });
  } catch (error) {
    reply({ id, fault: String(error) });
  }
}

function reply(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
