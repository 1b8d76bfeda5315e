/** Which test files exist and how they are grouped into runs: one run is one group of files on one runtime. */
import { listFiles } from '../files.ts';
import type { Runtime } from '../runtime.mjs';

export interface TestRun {
  readonly title: string;
  readonly runtime: Runtime;
  readonly files: readonly string[];
  /** Files that may run at the same time. */
  readonly parallel: number;
}

export interface RunPlan {
  readonly bun: Runtime | null;
  readonly node: Runtime | null;
  /** Also runs the unit and property tests on Node.js. */
  readonly everywhere: boolean;
  /** Parts of paths; files that hold none of them are left out. Empty: all files. */
  readonly filters: readonly string[];
}

const TEST_FOLDERS = ['src', 'tests', 'scripts', 'bench'];
const END_TO_END = 'tests/e2e/';

/** Two fit the small machines that check pull requests. */
const UNIT_PARALLEL = 2;

/** All test files, by path. */
export function listTests(root: string): string[] {
  return TEST_FOLDERS.flatMap((folder) => listFiles(root, folder, (path) => path.endsWith('.test.ts')));
}

/** The runs to do, without those that have no files. End-to-end tests measure time, so they run one by one. */
export function planRuns(tests: readonly string[], plan: RunPlan): TestRun[] {
  const wanted = tests.filter(
    (path) => plan.filters.length === 0 || plan.filters.some((part) => path.includes(part)),
  );
  const endToEnd = wanted.filter((path) => path.startsWith(END_TO_END));
  const unit = wanted.filter((path) => !path.startsWith(END_TO_END));
  const runs: TestRun[] = [];
  if (plan.bun !== null) {
    runs.push({ title: 'unit and property', runtime: plan.bun, files: unit, parallel: UNIT_PARALLEL });
    runs.push({ title: 'end to end', runtime: plan.bun, files: endToEnd, parallel: 1 });
  }
  if (plan.node !== null) {
    const units = plan.everywhere || plan.bun === null ? unit : [];
    runs.push({ title: 'unit and property', runtime: plan.node, files: units, parallel: UNIT_PARALLEL });
    runs.push({ title: 'end to end', runtime: plan.node, files: endToEnd, parallel: 1 });
  }
  return runs.filter((run) => run.files.length > 0);
}
