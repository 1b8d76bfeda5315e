/** What the tidy rules look at: files as text, and the findings that they return. */

export interface SourceFile {
  /** Relative to the root of the working copy, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Finding {
  readonly path: string;
  /** Counted from 1; 0 for the file as a whole. */
  readonly line: number;
  readonly message: string;
  /** A warning is printed and passes. */
  readonly severity: 'error' | 'warning';
}

export function errorAt(path: string, line: number, message: string): Finding {
  return { path, line, message, severity: 'error' };
}

/** The line, counted from 1, on which the character at `offset` stands. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

export function isTest(path: string): boolean {
  return path.endsWith('.test.ts');
}

/** Helpers of tests: a tests/ or testing/ folder, or a name that says what stands in for the real thing. */
export function isTestSupport(path: string): boolean {
  return /^tests\/|\/testing\/|-(?:double|fixtures|harness)\.ts$/.test(path) && !isTest(path);
}

/** Source files in the sense of the rules: TypeScript, and the JavaScript that starts before it. */
export function isSource(path: string): boolean {
  return path.endsWith('.ts') || path.endsWith('.mjs') || path.endsWith('.mts') || path === 'bin/secbeat';
}
