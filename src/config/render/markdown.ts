/** Writes docs/configuration.md: the reference of all keys. */
import { CONFIG_SECTIONS, type ConfigKey, type ConfigSection, isTableList } from '../keys.ts';
import { renderValue } from './toml.ts';

const HEAD = `<!-- Generated from src/config/schema by the docs script; changes here are lost. -->

# Configuration

One TOML file holds the configuration of all processes. [config/default.toml](../config/default.toml) lists every
key with its default; a key that is left out has its default.

## Where values come from

1. **Defaults**, as listed below.
2. **The file**: the one named by \`--config\`, else by \`SECBEAT_CONFIG\`, else \`config/default.toml\` in the working
   directory. The last may be missing, a file that was named may not.
3. **The environment**, which wins: \`SECBEAT__SECTION__KEY\`, two underscores a level. \`ddos.rate_limiting.burst_size\`
   is \`SECBEAT__DDOS__RATE_LIMITING__BURST_SIZE\`. A list is written \`a, b\`, or as JSON where its entries hold commas
   or are tables.

Inside a text of the file, \`\${NAME}\` is filled in from the environment and \`\${NAME:-default}\` falls back to its
default when the variable is unset or empty. \`$\${\` stands for a literal \`\${\`. A variable that is not set and has
no default is a fault.

## Checking

\`secbeat check\` reads the configuration and lists all its faults with file, line, key and, where there is one, a
suggestion; it ends with 1 when there are any. \`secbeat check --print\` shows the effective configuration with secrets
masked. Every process refuses to start on a fault, and a faulty reload changes nothing: unknown keys and sections are
faults, never skipped.

A running node applies the keys marked *live* when it is told to reload; the others wait for the next start.

Editors that know JSON Schema can complete and check the file with
[configuration.schema.json](configuration.schema.json).
`;

export function renderMarkdown(): string {
  return [HEAD, ...CONFIG_SECTIONS.map(renderSection)].join('\n');
}

function renderSection(section: ConfigSection): string {
  const list = isTableList(section);
  const title = list ? `[[${section.path}]]` : `[${section.path}]`;
  const keys = list ? section.keys.flatMap((key) => key.entries) : section.keys;
  const rows = keys.flatMap((key) => renderRows(key, ''));
  const heading = `## ${title}\n\n${section.description}\n`;
  return [heading, '| Key | Value | Default | Change | Meaning |', '|---|---|---|---|---|', ...rows, ''].join(
    '\n',
  );
}

/** One row for the key, and one for each key of the tables in it. */
function renderRows(key: ConfigKey, parent: string): readonly string[] {
  const name = `${parent}${key.name}`;
  const inner = key.kind === 'tables' ? `${name}[].` : `${name}.`;
  return [renderRow(key, name), ...key.entries.flatMap((entry) => renderRows(entry, inner))];
}

function renderRow(key: ConfigKey, name: string): string {
  const fallback = key.fallback === undefined ? 'none' : `\`${renderValue(key.fallback, key.kind)}\``;
  const change = key.restart ? 'restart' : 'live';
  const cells = [`\`${name}\``, key.expected, fallback, change, key.description];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
