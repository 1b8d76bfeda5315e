/**
 * What `ctl` may change for the rest of one request, as `option=value`. The canonical form has the option and its
 * keyword in lower case, the body processor in upper case; ids, tags, messages and targets stay as written.
 */
import { fail, ok, type Result } from '../../core/result.ts';
import { wordSet } from '../words.ts';
import { parseIdRanges } from './id-ranges.ts';
import { parseTargets } from './targets.ts';

type ValueCheck = (value: string) => Result<string, string>;

const SWITCH = keyword('on off');

const OPTIONS: ReadonlyMap<string, ValueCheck> = new Map([
  ['auditengine', keyword('on off relevantonly')],
  ['auditlogparts', auditLogParts],
  ['forcerequestbodyvariable', SWITCH],
  ['requestbodyaccess', SWITCH],
  ['requestbodyprocessor', bodyProcessor],
  ['responsebodyaccess', SWITCH],
  ['ruleengine', keyword('on off detectiononly')],
  ['ruleremovebyid', ids],
  ['ruleremovebymsg', text],
  ['ruleremovebytag', text],
  ['ruleremovetargetbyid', (value) => withTargets(value, ids)],
  ['ruleremovetargetbymsg', (value) => withTargets(value, text)],
  ['ruleremovetargetbytag', (value) => withTargets(value, text)],
]);

/** Puts the value of a `ctl` into its canonical form; fails with a sentence that says what to do. */
export function parseControlOption(written: string): Result<string, string> {
  const equals = written.indexOf('=');
  if (equals === -1) return fail(`ctl:${written} has no value: write it as ctl:option=value.`);
  const option = written.slice(0, equals).trim().toLowerCase();
  const check = OPTIONS.get(option);
  if (check === undefined) {
    return fail(`ctl cannot change "${option}": correct the option's name or take the ctl out.`);
  }
  const value = check(written.slice(equals + 1).trim());
  return value.ok ? ok(`${option}=${value.value}`) : fail(`ctl:${option}: ${value.fault}`);
}

/** Takes `ids;TARGETS`, `tag;TARGETS` or `msg;TARGETS` apart at the first semicolon; null where there is none. */
export function splitControlTargets(
  value: string,
): { readonly rules: string; readonly targets: string } | null {
  const semicolon = value.indexOf(';');
  if (semicolon === -1) return null;
  return { rules: value.slice(0, semicolon).trim(), targets: value.slice(semicolon + 1).trim() };
}

function withTargets(value: string, checkRules: ValueCheck): Result<string, string> {
  const parts = splitControlTargets(value);
  if (parts === null)
    return fail('it has no targets: write them after a semicolon, such as 942100;ARGS:name.');
  const rules = checkRules(parts.rules);
  if (!rules.ok) return rules;
  const targets = parseTargets(parts.targets);
  return targets.ok ? ok(`${rules.value};${parts.targets}`) : targets;
}

function ids(value: string): Result<string, string> {
  const ranges = parseIdRanges(value);
  return ranges.ok ? ok(value) : ranges;
}

function text(value: string): Result<string, string> {
  return value === '' ? fail('its value is empty: write one.') : ok(value);
}

function keyword(words: string): ValueCheck {
  const known = wordSet(words);
  return (value) => {
    const lower = value.toLowerCase();
    return known.has(lower) ? ok(lower) : fail(`"${value}" is none of ${[...known].join(', ')}: choose one.`);
  };
}

const BODY_PROCESSORS = wordSet('URLENCODED MULTIPART JSON XML');

function bodyProcessor(value: string): Result<string, string> {
  const upper = value.toUpperCase();
  if (BODY_PROCESSORS.has(upper)) return ok(upper);
  return fail(`"${value}" is none of ${[...BODY_PROCESSORS].join(', ')}: choose one.`);
}

function auditLogParts(value: string): Result<string, string> {
  return /^[+-]?[A-KZ]{1,12}$/.test(value)
    ? ok(value)
    : fail(
        `"${value}" are no parts of the audit log: write letters from A to K, after + or - to add or remove.`,
      );
}
