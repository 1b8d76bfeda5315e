/**
 * pmFromFile: whether any line of the files that the argument names is in the value; ASCII letters without regard to
 * case. Files are relative to the rule's own; blank lines and those that begin with `#` do not count, nor do blanks
 * at the ends of a line.
 *
 *     @pmFromFile agents.data    on "Mozilla/5.0 Nikto": matches "Nikto", which is a line of the file
 */
import { fail } from '../../core/result.ts';
import { readListLines } from './list-file.ts';
import type { OperatorDefinition } from './operator.ts';
import { compileWordOperator } from './word-operator.ts';

export const pmFromFile: OperatorDefinition = {
  name: 'pmfromfile',
  compile(argument, environment) {
    const lines = readListLines(argument, environment);
    if (!lines.ok) return lines;
    const compiled = compileWordOperator(lines.value);
    return compiled.ok ? compiled : fail(`${argument}: ${compiled.fault}`);
  },
};
