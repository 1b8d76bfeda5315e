/**
 * Fuzzes the firewall for as long as SECBEAT_FUZZ_MINUTES says, by default one minute:
 *
 *   SECBEAT_FUZZ_MINUTES=60 node_modules/.bin/bun tests/fuzz/waf.fuzz.ts
 *
 * With the Core Rule Set where the folder that SECBEAT_SHARED names has it, with rules of its own elsewhere. A failure
 * prints the input and the seed and index that repeat it: SECBEAT_FUZZ_SEED, SECBEAT_FUZZ_INDEX.
 */
import { fuzz } from './loop.ts';
import { hasCoreRules } from './waf-rule-sets.ts';
import { createTargets } from './waf-targets.ts';

const REPORT_EVERY_MS = 10_000;

function main(): number {
  const { env } = process;
  const minutes = Number(env.SECBEAT_FUZZ_MINUTES ?? 1);
  const seed = Number(env.SECBEAT_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const firstIndex = Number(env.SECBEAT_FUZZ_INDEX ?? 0);
  if (!(minutes > 0) || !Number.isInteger(seed) || !Number.isInteger(firstIndex)) {
    console.error(
      'SECBEAT_FUZZ_MINUTES is a number above 0; SECBEAT_FUZZ_SEED and SECBEAT_FUZZ_INDEX are integers',
    );
    return 2;
  }
  console.log(`seed ${seed}, ${hasCoreRules() ? 'Core Rule Set' : 'own rules'}`);
  const targets = createTargets();
  const startMs = performance.now();
  let reportMs = startMs + REPORT_EVERY_MS;
  let inputs = 0;
  const goOn = (count: number): boolean => {
    inputs = count;
    const nowMs = performance.now();
    if (nowMs > reportMs)
      console.log(`${count} inputs, ${Math.round(count / ((nowMs - startMs) / 1000))} a second`);
    if (nowMs > reportMs) reportMs = nowMs + REPORT_EVERY_MS;
    return nowMs - startMs < minutes * 60_000;
  };
  const failure = fuzz({ seed, firstIndex, targets, goOn });
  if (failure === null) {
    console.log(`no failure in ${inputs} inputs`);
    return 0;
  }
  console.log(`${failure.target} fails: ${failure.message}`);
  console.log(`input: ${JSON.stringify(failure.text)}`);
  console.log(`repeat with SECBEAT_FUZZ_SEED=${seed} SECBEAT_FUZZ_INDEX=${failure.index}`);
  return 1;
}

process.exitCode = main();
