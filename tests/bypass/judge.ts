/**
 * What becomes of a request under a rule set: octets through the proxy's codec, the body through the body parsers, both
 * through the firewall as a node starts it.
 */
import { ManualClock } from '../../src/core/clock.ts';
import { ok } from '../../src/core/result.ts';
import type { RuleMatch } from '../../src/core/verdict.ts';
import { readRequestBody } from '../../src/waf/bodies/request-body.ts';
import { ALL_FAMILIES } from '../../src/waf/builtin/builtin-rules.ts';
import { type CompiledInspector, compileInspector } from '../../src/waf/compile-inspector.ts';
import { diskRuleFiles } from '../../src/waf/seclang/disk-rule-files.ts';
import { receiveRequest } from '../conformance/received-request.ts';

export type RuleSetName = 'builtin' | 'crs';

/** `refused`: the codec would not have it, whatever is in it. */
export type Fate = 'blocked' | 'refused' | 'passed';

export interface Judgement {
  readonly fate: Fate;
  readonly matches: readonly RuleMatch[];
}

export type Judge = (octets: Buffer) => Judgement;

/** Octets of a body that a node looks at, unless it is told otherwise. */
export const BODY_BYTES_MAX = 131_072;
/** Verdicts are measured here, not time. */
const BUDGET_MS = 60_000;
const CRS_FILE = '/bypass.conf';

/** The Core Rule Set as shipped, refusing, at paranoia level 1. */
export function coreRules(folder: string): string {
  return [
    'SecRuleEngine On',
    'SecRequestBodyAccess On',
    'SecRequestBodyLimit 13107200',
    'SecRequestBodyNoFilesLimit 131072',
    `Include "${folder}/crs-setup.conf.example"`,
    `Include "${folder}/rules/*.conf"`,
    '',
  ].join('\n');
}

/** @param folder of the Core Rule Set; null for the built-in rules. Throws where the rules do not compile. */
export function createJudge(folder: string | null): Judge {
  const compiled = compile(folder);
  return (octets) => {
    const received = receiveRequest(octets, 'bypass');
    if (received.kind === 'refused') return REFUSED;
    const { view, body, complete } = received;
    const inspection = compiled.inspector.begin(view);
    let ruling = inspection.inspectRequestHead(true);
    if (ruling.kind === 'pass') {
      const whole = complete && body.length <= BODY_BYTES_MAX;
      const [type, encoding] = [view.header('content-type'), view.header('content-encoding')];
      const bytes = body.subarray(0, BODY_BYTES_MAX);
      const { bodyLimits } = compiled;
      const read =
        body.length === 0 ? null : readRequestBody(bytes, whole, type, encoding, bodyLimits, BODY_BYTES_MAX);
      ruling = inspection.inspectRequestBody(read);
    }
    inspection.finish();
    return { fate: ruling.kind === 'pass' ? 'passed' : 'blocked', matches: inspection.matches };
  };
}

const REFUSED: Judgement = { fate: 'refused', matches: [] };

function compile(folder: string | null): CompiledInspector {
  const text = folder === null ? '' : coreRules(folder);
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
      builtin:
        folder === null
          ? {
              families: ALL_FAMILIES,
              inspected: { url: true, headers: true, body: true },
              customPatterns: [],
            }
          : null,
      ruleFiles: folder === null ? [] : [CRS_FILE],
      budgetMs: BUDGET_MS,
      onOverrun: 'refuse',
      inspectsBodies: true,
      clock: new ManualClock(),
      onError: (error) => {
        throw error;
      },
    },
    {
      readText: (path) => (path === CRS_FILE ? ok(text) : diskRuleFiles.readText(path)),
      expand: (pattern, from) => diskRuleFiles.expand(pattern, from),
    },
  );
  if (!compiled.ok) throw new TypeError(compiled.fault.join('\n'));
  return compiled.value;
}
