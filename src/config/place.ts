/** Adds to each finding where its value was written. */
import type { ConfigFault, Finding, Findings } from './fault.ts';
import { keyOf } from './key-path.ts';
import type { Settings, WrittenText } from './settings.ts';
import { locateLines } from './toml-lines.ts';

export interface WrittenSource {
  readonly file: string;
  readonly text: string;
  readonly settings: Settings;
}

/** Where faults without a line sort. */
const LINE_LAST = Number.MAX_SAFE_INTEGER;

/** The faults in the order of the lines, those without one behind them. */
export function placeFindings(findings: Findings, source: WrittenSource): readonly ConfigFault[] {
  const own: WrittenText = { name: source.file, text: source.text };
  const places = findings.kept.map((finding) => placeOf(finding, source.settings, own));
  const linesByText = locateAll(places);
  const faults = findings.kept.map((finding, index): ConfigFault => {
    const { path, variable, written } = places[index]!;
    return {
      file: variable ?? written.name,
      line: variable === null ? (linesByText.get(written)?.get(path) ?? null) : null,
      column: null,
      path: finding.path,
      message: finding.message,
      suggestion: finding.suggestion,
    };
  });
  faults.sort((one, other) => (one.line ?? LINE_LAST) - (other.line ?? LINE_LAST));
  if (findings.dropped > 0) {
    const message = `has ${findings.dropped} more faults`;
    faults.push({ file: source.file, line: null, column: null, path: '', message, suggestion: null });
  }
  return faults;
}

interface Place {
  readonly path: string;
  readonly variable: string | null;
  /** One object for each text. */
  readonly written: WrittenText;
}

/**
 * The key whose written value causes the finding: a default cannot be at fault where another key was written, and the
 * node's own file, which was sound alone, is not where a policy was laid over it.
 */
function placeOf(finding: Finding, settings: Settings, own: WrittenText): Place {
  const written = [finding.path, ...finding.related].filter((path) => settings.has(keyOf(path)));
  const ofPolicy = written.find((path) => settings.get(keyOf(path))?.policy);
  const path = ofPolicy ?? written[0] ?? finding.path;
  const setting = settings.get(keyOf(path));
  return {
    path,
    variable: finding.variable ?? setting?.variable ?? null,
    written: setting?.policy ?? own,
  };
}

/** Walks each text once. */
function locateAll(places: readonly Place[]): ReadonlyMap<WrittenText, ReadonlyMap<string, number>> {
  const pathsByText = new Map<WrittenText, string[]>();
  for (const { written, path } of places) {
    const paths = pathsByText.get(written);
    if (paths === undefined) pathsByText.set(written, [path]);
    else paths.push(path);
  }
  return new Map([...pathsByText].map(([written, paths]) => [written, locateLines(written.text, paths)]));
}
