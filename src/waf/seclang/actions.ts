/**
 * The actions of the rule language: which there are, what value each takes and what that value is canonically. An
 * action that could change what the rule does and that this engine cannot carry out is refused, never skipped.
 */
import { fail, ok, type Result } from '../../core/result.ts';
import { wordSet } from '../words.ts';
import { parseControlOption } from './control-options.ts';
import { parseId } from './id-ranges.ts';
import { parseMacros } from './macros.ts';
import { parseAssignment } from './setvar.ts';
import { PERSISTENT_COLLECTIONS } from './variables.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface ActionDefinition {
  /** `never` takes no value; `optional` and `always` pass theirs through `canonical`. */
  readonly takesValue: 'never' | 'optional' | 'always';
  readonly canonical: (value: string, vocabulary: Vocabulary) => Result<string, string>;
}

/** What becomes of a request; a rule has at most one of them. */
export const DISRUPTIVE_ACTIONS: ReadonlySet<string> = wordSet('allow block deny drop pass redirect');

/** Those of which a rule may have several that all count. */
export const REPEATED_ACTIONS: ReadonlySet<string> = wordSet('ctl setvar t tag');

const FLAG: ActionDefinition = { takesValue: 'never', canonical: ok };
const TEXT: ActionDefinition = { takesValue: 'always', canonical: ok };
const TEXT_WITH_MACROS: ActionDefinition = { takesValue: 'always', canonical: textWithMacros };

const ACTIONS: ReadonlyMap<string, ActionDefinition> = new Map<string, ActionDefinition>([
  ['accuracy', { takesValue: 'always', canonical: oneToNine }],
  ['allow', { takesValue: 'optional', canonical: allowScope }],
  ['auditlog', FLAG],
  ['block', FLAG],
  ['capture', FLAG],
  ['chain', FLAG],
  ['ctl', { takesValue: 'always', canonical: parseControlOption }],
  ['deny', FLAG],
  ['drop', FLAG],
  ['id', { takesValue: 'always', canonical: ruleId }],
  ['initcol', { takesValue: 'always', canonical: persistentCollection }],
  ['log', FLAG],
  ['logdata', TEXT_WITH_MACROS],
  ['maturity', { takesValue: 'always', canonical: oneToNine }],
  ['msg', TEXT_WITH_MACROS],
  ['multimatch', FLAG],
  ['noauditlog', FLAG],
  ['nolog', FLAG],
  ['pass', FLAG],
  ['phase', { takesValue: 'always', canonical: phase }],
  ['redirect', TEXT_WITH_MACROS],
  ['rev', TEXT],
  ['setvar', { takesValue: 'always', canonical: assignment }],
  ['severity', { takesValue: 'always', canonical: severity }],
  ['skipafter', TEXT],
  ['status', { takesValue: 'always', canonical: status }],
  ['t', { takesValue: 'always', canonical: transformation }],
  ['tag', TEXT_WITH_MACROS],
  ['ver', TEXT],
]);

/**
 * Actions without any effect here: they are checked and then left out. `initcol` opens a collection that outlives the
 * request, but nothing can read or write one, for their variables are refused wherever they occur.
 */
export const ACTIONS_WITHOUT_EFFECT: ReadonlySet<string> = new Set(['initcol']);

const WRITES_REQUESTS = 'this engine does not change requests or answers';
const NO_PERSISTENCE = 'collections that outlive a request are not kept';
const NO_LOGGED_BODIES = 'what is hidden from logs is set in the policy';

const REFUSED: ReadonlyMap<string, string> = new Map([
  ['append', WRITES_REQUESTS],
  ['prepend', WRITES_REQUESTS],
  ['deprecatevar', NO_PERSISTENCE],
  ['expirevar', NO_PERSISTENCE],
  ['exec', 'rules may not start programs'],
  ['pause', 'a request is refused or passed at once'],
  ['proxy', 'where a request goes is set by the routes of the policy'],
  ['sanitisearg', NO_LOGGED_BODIES],
  ['sanitisematched', NO_LOGGED_BODIES],
  ['sanitisematchedbytes', NO_LOGGED_BODIES],
  ['sanitiserequestheader', NO_LOGGED_BODIES],
  ['sanitiseresponseheader', NO_LOGGED_BODIES],
  ['setenv', 'rules may not write the environment of the process'],
  ['setrsc', NO_PERSISTENCE],
  ['setsid', NO_PERSISTENCE],
  ['setuid', NO_PERSISTENCE],
  ['skip', 'counting rules breaks when one is added; use skipAfter with a SecMarker'],
  ['xmlns', 'XML is searched as a whole, without paths that could name a namespace'],
]);

/** The definition of an action by its name in lower case, or a sentence why there is none. */
export function findAction(name: string): Result<ActionDefinition, string> {
  const definition = ACTIONS.get(name);
  if (definition !== undefined) return ok(definition);
  const reason = REFUSED.get(name);
  if (reason !== undefined) return fail(`The action "${name}" is refused: ${reason}. Take it out.`);
  return fail(`There is no action "${name}": correct its name or take it out.`);
}

const PHASES: ReadonlyMap<string, string> = new Map([
  ...['1', '2', '3', '4', '5'].map((digit) => [digit, digit] as const),
  ['request', '2'],
  ['response', '4'],
  ['logging', '5'],
]);

function phase(value: string): Result<string, string> {
  const canonical = PHASES.get(value.toLowerCase());
  return canonical === undefined
    ? fail(`The phase "${value}" is none of 1 to 5: choose one.`)
    : ok(canonical);
}

const SEVERITIES = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'info', 'debug'];

function severity(value: string): Result<string, string> {
  const lower = value.toLowerCase();
  const index = SEVERITIES.indexOf(lower);
  if (index !== -1) return ok(String(index));
  if (/^[0-7]$/.test(lower)) return ok(lower);
  return fail(`The severity "${value}" is neither 0 to 7 nor one of ${SEVERITIES.join(', ')}: choose one.`);
}

function ruleId(value: string): Result<string, string> {
  const id = parseId(value);
  return id === null ? fail(`The id "${value}" is no number above 0: write one.`) : ok(String(id));
}

function status(value: string): Result<string, string> {
  return /^[1-5][0-9]{2}$/.test(value) ? ok(value) : fail(`The status "${value}" is none: write 100 to 599.`);
}

function oneToNine(value: string): Result<string, string> {
  return /^[1-9]$/.test(value) ? ok(value) : fail(`"${value}" is no digit from 1 to 9: write one.`);
}

function allowScope(value: string): Result<string, string> {
  const lower = value.toLowerCase();
  if (lower === 'phase' || lower === 'request') return ok(lower);
  return fail(`allow:${value} is unknown: write allow, allow:phase or allow:request.`);
}

function transformation(value: string, vocabulary: Vocabulary): Result<string, string> {
  const lower = value.toLowerCase();
  const canonical = lower === 'none' ? lower : vocabulary.transformations.get(lower);
  if (canonical !== undefined) return ok(canonical);
  return fail(`There is no transformation "${value}": correct its name or take it out.`);
}

function assignment(value: string): Result<string, string> {
  const parsed = parseAssignment(value);
  return parsed.ok ? ok(value) : parsed;
}

function persistentCollection(value: string): Result<string, string> {
  const equals = value.indexOf('=');
  if (equals > 0 && PERSISTENT_COLLECTIONS.has(value.slice(0, equals).toLowerCase()))
    return textWithMacros(value);
  return fail(`initcol:${value} opens no known collection: write it as initcol:ip=key, or take it out.`);
}

function textWithMacros(value: string): Result<string, string> {
  const macros = parseMacros(value);
  return macros.ok ? ok(value) : macros;
}
