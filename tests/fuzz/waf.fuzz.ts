/**
 * Fuzzes the firewall for as long as SECBEAT_FUZZ_MINUTES says, by default one minute:
 *
 *   SECBEAT_FUZZ_MINUTES=60 node_modules/.bin/bun tests/fuzz/waf.fuzz.ts
 *
 * With the Core Rule Set where the folder that SECBEAT_SHARED names has it, with rules of its own elsewhere. A failure
 * prints the input and the seed and index that repeat it: SECBEAT_FUZZ_SEED, SECBEAT_FUZZ_INDEX.
 */
import { fuzz } from './loop.ts';
import { runFuzzer } from './program.ts';
import { hasCoreRules } from './waf-rule-sets.ts';
import { createTargets } from './waf-targets.ts';

const note = hasCoreRules() ? ', Core Rule Set' : ', own rules';
process.exitCode = await runFuzzer((options) => fuzz({ ...options, targets: createTargets() }), note);
