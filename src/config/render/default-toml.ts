/** Writes config/default.toml: every key with its description and its default. */
import type { ConfigKey } from '../keys.ts';
import { defaultConfig } from '../schema.ts';
import { renderToml } from './toml.ts';

const LINE_CHARACTERS_MAX = 100;

const HEAD = `#:schema ../docs/configuration.schema.json
#
# The configuration of SecBeat with all its keys and their defaults; a key that is left out has its default.
# Generated from the schema: change src/config/schema and run the docs script.
#
# \${NAME} and \${NAME:-default} inside a text are filled in from the environment; $\${ is a literal \${.
# The environment can set every key: SECBEAT__DDOS__RATE_LIMITING__BURST_SIZE=100
# A running node reads this file again when it is told to; "(restart)" marks what waits for the next start.
`;

export function renderDefaultToml(): string {
  const body = renderToml(defaultConfig(), {
    section: ({ description }) => wrapComment(description),
    key: (key) => ['', ...wrapComment(describeKey(key))],
    showAbsent: true,
  });
  return `${HEAD}\n${body}`;
}

function describeKey(key: ConfigKey): string {
  return key.restart ? `${key.description} (restart)` : key.description;
}

function wrapComment(text: string): readonly string[] {
  const lines: string[] = [];
  let line = '#';
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > LINE_CHARACTERS_MAX) {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
