/**
 * detectSQLi: whether the value would change the statement of SQL that it is put into. Captures the form in which it
 * would, as TX.0.
 *
 *     @detectSQLi    on "1' OR 1=1--": matches
 */
import { ok } from '../../core/result.ts';
import { detectSql } from '../sql/detect-sql.ts';
import type { CompiledOperator, OperatorDefinition } from './operator.ts';

const COMPILED: CompiledOperator = {
  needed: null,
  test: (value) => detectSql(value) !== null,
  match: (value) => {
    const finding = detectSql(value);
    return finding === null ? null : { start: finding.start, end: finding.end, captures: [finding.form] };
  },
};

export const detectSqli: OperatorDefinition = { name: 'detectsqli', compile: () => ok(COMPILED) };
