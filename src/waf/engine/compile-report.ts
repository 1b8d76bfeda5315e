/** What is told about a rule that matches, and to whom. */
import { ok, type Result } from '../../core/result.ts';
import { actionValue } from '../seclang/action-list.ts';
import type { ActionSyntax } from '../seclang/syntax.ts';
import { compileMacro, type Macro } from './macro.ts';
import type { Report } from './rule.ts';
import type { VariableTable } from './variable-table.ts';

/**
 * @param merged the actions of SecDefaultAction, then the rule's
 * @param own those of the rule alone
 */
export function compileReport(
  merged: readonly ActionSyntax[],
  own: readonly ActionSyntax[],
  variables: VariableTable,
): Result<Report, string> {
  const message = compileMacro(actionValue(own, 'msg') ?? '', variables);
  if (!message.ok) return message;
  const data = compileMacro(actionValue(own, 'logdata') ?? '', variables);
  if (!data.ok) return data;
  const tags: Macro[] = [];
  for (const { name, value } of own) {
    if (name !== 'tag') continue;
    const tag = compileMacro(value ?? '', variables);
    if (!tag.ok) return tag;
    tags.push(tag.value);
  }
  const severity = actionValue(own, 'severity');
  return ok({
    ...compileLogging(merged),
    message: message.value,
    data: data.value,
    severity: severity === null ? null : Number(severity),
    tags,
    version: actionValue(own, 'ver') ?? '',
    revision: actionValue(own, 'rev') ?? '',
  });
}

/** Later actions overrule earlier ones; `log` and `nolog` speak for the audit log too. */
function compileLogging(actions: readonly ActionSyntax[]): { log: boolean; auditLog: boolean } {
  let log = false;
  let auditLog = false;
  for (const { name } of actions) {
    if (name === 'log' || name === 'nolog') {
      log = name === 'log';
      auditLog = log;
    } else if (name === 'auditlog') auditLog = true;
    else if (name === 'noauditlog') auditLog = false;
  }
  return { log, auditLog };
}
