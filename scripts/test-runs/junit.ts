/**
 * Reads what both test runners can write, a JUnit report, as far as totals and skipped tests need it.
 *
 * The reports come from the pinned runtimes, not from outside, so matching their known shape is enough. Node.js
 * leaves `>` as it is inside attributes; attributes are therefore matched with their quotes.
 */

export interface TestReport {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly SkippedTest[];
}

export interface SkippedTest {
  readonly title: string;
  readonly file: string;
  /** Line of the test; 0 where the runner does not say. */
  readonly line: number;
  /** The reason given in the test; empty where the runner does not pass it on. */
  readonly reason: string;
}

const TEST_CASE = /<testcase((?:\s+[\w-]+="[^"]*")*)\s*(?:\/>|>([\s\S]*?)<\/testcase>)/g;

export function parseJunit(text: string): TestReport {
  let passed = 0;
  let failed = 0;
  const skipped: SkippedTest[] = [];
  for (const [, attributes = '', content = ''] of text.matchAll(TEST_CASE)) {
    if (content.includes('<failure') || content.includes('<error')) {
      failed += 1;
    } else if (content.includes('<skipped')) {
      skipped.push(toSkipped(attributes, content));
    } else {
      passed += 1;
    }
  }
  return { passed, failed, skipped };
}

function toSkipped(attributes: string, content: string): SkippedTest {
  const group = attribute(attributes, 'classname');
  const name = attribute(attributes, 'name');
  return {
    title: group === '' || group === 'test' ? name : `${group}: ${name}`,
    file: attribute(attributes, 'file'),
    line: Number(attribute(attributes, 'line')) || 0,
    reason: attribute(content, 'message'),
  };
}

function attribute(text: string, name: string): string {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(text)?.[1] ?? '';
  return value
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
