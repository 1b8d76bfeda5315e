/** Adds to each finding where its value was written. */
import type { ConfigFault, Finding, Findings } from './fault.ts';
import { keyOf } from './key-path.ts';
import type { Settings } from './settings.ts';
import { locateLines } from './toml-lines.ts';

export interface WrittenSource {
  readonly file: string;
  readonly text: string;
  readonly settings: Settings;
}

/** Where faults without a line sort. */
const LINE_LAST = Number.MAX_SAFE_INTEGER;

/** The faults in the order of the file, those without a line behind them. */
export function placeFindings(findings: Findings, source: WrittenSource): readonly ConfigFault[] {
  const places = findings.kept.map((finding) => decisivePath(finding, source.settings));
  const lines = locateLines(source.text, places);
  const faults = findings.kept.map((finding, index): ConfigFault => {
    const path = places[index] ?? finding.path;
    const variable = finding.variable ?? source.settings.get(keyOf(path))?.variable ?? null;
    return {
      file: variable ?? source.file,
      line: variable === null ? (lines.get(path) ?? null) : null,
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

/** The key whose written value causes the finding: a default cannot be at fault where another key was written. */
function decisivePath(finding: Finding, settings: Settings): string {
  const written = [finding.path, ...finding.related].find((path) => settings.has(keyOf(path)));
  return written ?? finding.path;
}
