/**
 * What the firewall's fuzzer inspects requests with: the built-in rules, and a program in SecLang. That is the Core
 * Rule Set where the shared folder has it; anywhere else a few rules that use what makes an engine err: chains,
 * captures, skips, scores by request, and switches that a request turns.
 */
import { join } from 'node:path';
import { ManualClock } from '../../src/core/clock.ts';
import { ok, type Result } from '../../src/core/result.ts';
import { ALL_FAMILIES } from '../../src/waf/builtin/builtin-rules.ts';
import { compileInspector } from '../../src/waf/compile-inspector.ts';
import { compileProgram } from '../../src/waf/engine/compile-program.ts';
import type { Program } from '../../src/waf/engine/program.ts';
import type { Inspector } from '../../src/waf/inspector.ts';
import { diskRuleFiles } from '../../src/waf/seclang/disk-rule-files.ts';
import { loadRules } from '../../src/waf/seclang/load-rules.ts';
import type { RuleFiles } from '../../src/waf/seclang/rule-files.ts';
import { STANDARD_VOCABULARY } from '../../src/waf/seclang/standard-vocabulary.ts';
import { suiteConfiguration } from '../conformance/rule-sets.ts';
import { findShared } from '../support/shared-data.ts';

/** Time stands still, so that no verdict hangs on the speed of the machine. */
const CLOCK = new ManualClock();
const BUDGET_MS = 60_000;
const NAME = '/fuzz.conf';

const OWN_RULES = `
SecRuleEngine On
SecRequestBodyAccess On
SecResponseBodyAccess On
SecResponseBodyMimeType text/plain text/html
SecDefaultAction "phase:1,log,pass"
SecDefaultAction "phase:2,log,pass"
SecAction "id:1,phase:1,nolog,pass,setvar:tx.score=0,setvar:tx.seen=0"
SecRule REQUEST_HEADERS:X-Trust "@streq yes" "id:2,phase:1,pass,nolog,ctl:ruleRemoveById=12"
SecRule REQUEST_HEADERS:X-Plain "@eq 1" "id:3,phase:1,pass,nolog,ctl:forceRequestBodyVariable=On"
SecRule REQUEST_METHOD "!@within GET POST PUT" "id:4,phase:1,pass,msg:'%{MATCHED_VAR}',setvar:tx.score=+2"
SecRule ARGS|ARGS_NAMES|REQUEST_COOKIES "@rx (?i)union\\s+(all\\s+)?select" "id:10,phase:2,pass,capture,t:urlDecodeUni,t:compressWhitespace,msg:'found %{TX.0}',logdata:'%{MATCHED_VAR_NAME}',setvar:tx.score=+5,setvar:tx.word_%{MATCHED_VAR_NAME}=1"
SecRule ARGS|REQUEST_HEADERS "@pm script passwd sleep" "id:11,phase:2,pass,t:lowercase,chain,setvar:tx.seen=+1"
SecRule MATCHED_VARS "@rx [<(/]" "t:none,setvar:tx.score=+3"
SecRule ARGS "@contains ../" "id:12,phase:2,pass,t:urlDecodeUni,setvar:tx.score=+4"
SecRule TX:SEEN "@lt 1" "id:13,phase:2,pass,nolog,skipAfter:END-SEEN"
SecRule REQUEST_BODY|REQUEST_URI_RAW "@rx \\b(\\w+)\\((\\d+)\\)" "id:14,phase:2,pass,capture,msg:'%{TX.1} of %{TX.2}',setvar:tx.score=+1"
SecMarker END-SEEN
SecRule XML:/*|FILES "@detectXSS" "id:15,phase:2,pass,t:htmlEntityDecode,setvar:tx.score=+5"
SecRule &ARGS "@gt 20" "id:16,phase:2,pass,setvar:tx.score=+1"
SecRule TX:SCORE "@ge 5" "id:20,phase:2,deny,status:403,msg:'score %{TX.score}, seen %{TX.seen}'"
SecRule TX:SCORE "@ge 1" "id:21,phase:4,pass,msg:'answer after %{TX.score}',chain"
SecRule RESPONSE_BODY "@contains reflected" "t:none"
`;

/** Whether the rules are those of the Core Rule Set. */
export function hasCoreRules(): boolean {
  return findShared('data/crs') !== null;
}

/**
 * One policy as a worker has it; throws where it does not compile, for these are tests.
 *
 * @param rules `builtin` to leave the program out, which makes a new one cheap
 */
export function createInspector(rules: 'all' | 'builtin' = 'all'): Inspector {
  const compiled = compileInspector(
    {
      site: {
        mode: 'block',
        inboundThreshold: null,
        outboundThreshold: null,
        paranoiaLevel: null,
        exceptions: [],
      },
      routes: [],
      builtin: {
        families: ALL_FAMILIES,
        inspected: { url: true, headers: true, body: true },
        customPatterns: [],
      },
      ruleFiles: rules === 'all' ? [NAME] : [],
      budgetMs: BUDGET_MS,
      onOverrun: 'refuse',
      inspectsBodies: true,
      clock: CLOCK,
      onError: rethrow,
    },
    ruleFiles(),
  );
  return unwrap(compiled).inspector;
}

/** How much is decided before a request is there, and how much is remembered from one to the next. */
export type ProgramKind = 'usual' | 'without-cache' | 'without-screen';

/** The program alone. */
export function createProgram(kind: ProgramKind): Program {
  const files = ruleFiles();
  const rules = loadRules([NAME], STANDARD_VOCABULARY, files);
  const program = compileProgram(unwrap(rules), {
    readFile: (folder, name) => files.readText(join(folder, name)),
    prefilter: kind !== 'without-screen',
    ...(kind === 'without-cache' ? { cacheEntries: 0 } : {}),
    budgetMs: BUDGET_MS,
    clock: CLOCK,
    policy: { onError: rethrow },
  });
  return unwrap(program);
}

function ruleFiles(): RuleFiles {
  const folder = findShared('data/crs');
  const text = folder === null ? OWN_RULES : suiteConfiguration(folder, 'block');
  return {
    readText: (path) => (path === NAME ? ok(text) : diskRuleFiles.readText(path)),
    expand: (pattern, from) => diskRuleFiles.expand(pattern, from),
  };
}

function unwrap<T>(result: Result<T, unknown>): T {
  if (result.ok) return result.value;
  throw new TypeError(JSON.stringify(result.fault));
}

function rethrow(error: unknown): void {
  throw error;
}
