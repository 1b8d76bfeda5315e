/**
 * What the npm scripts start: `node scripts/run.mjs <up|test|check|bench|bench:fleet|conformance|accuracy|bypass|trials|fuzz|simulate|docs> [arguments]`.
 *
 * Works from a bare clone with nothing but Node.js 20 and npm: installs what the command needs and the working
 * copy lacks, then hands over to the pinned runtime.
 */
import { join } from 'node:path';
import { ensureInstalled } from './install.mjs';
import { become } from './launch.mjs';
import { findRuntime, ROOT } from './runtime.mjs';

/** Needs: `run` the dependencies of the program, `develop` also those of the tools, `test` also a pinned Node.js. */
const COMMANDS = {
  up: { needs: 'run', file: 'src/cli/main.ts', args: ['up'] },
  test: { needs: 'test', file: 'scripts/test.ts', args: [] },
  check: { needs: 'test', file: 'scripts/check.ts', args: [] },
  bench: { needs: 'run', file: 'bench/run.ts', args: [] },
  'bench:fleet': { needs: 'run', file: 'bench/fleet/run.ts', args: [] },
  conformance: { needs: 'develop', file: 'tests/conformance/conformance.ts', args: [] },
  accuracy: { needs: 'develop', file: 'scripts/accuracy.ts', args: [] },
  bypass: { needs: 'develop', file: 'tests/bypass/bypass.ts', args: [] },
  trials: { needs: 'test', file: 'tests/trials/trials.ts', args: [] },
  fuzz: { needs: 'develop', file: 'scripts/fuzz.ts', args: [] },
  simulate: { needs: 'develop', file: 'scripts/simulate.ts', args: [] },
  docs: { needs: 'develop', file: 'scripts/docs.ts', args: [] },
};

const [name = '', ...rest] = process.argv.slice(2);
if (!Object.hasOwn(COMMANDS, name)) {
  stop(`unknown command "${name}"; there are: ${Object.keys(COMMANDS).join(', ')}`);
}
const command = COMMANDS[name];

install(ROOT, 'the dependencies', command.needs !== 'run');
if (command.needs === 'test') install(join(ROOT, 'tests', 'runtime'), 'Node.js for the tests', true);

const runtime = findRuntime();
if (!runtime.ok) stop(runtime.fault);
if (runtime.value.note !== null) console.error(`secbeat: ${runtime.value.note}`);
const { path, args } = runtime.value;
become(path, [...args, join(ROOT, command.file), ...command.args, ...rest], { cwd: ROOT });

function install(folder, what, development) {
  const fault = ensureInstalled({ folder, what, development });
  if (fault !== null) stop(fault);
}

function stop(message) {
  console.error(`secbeat: ${message}`);
  process.exit(2);
}
