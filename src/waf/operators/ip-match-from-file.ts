/**
 * ipMatchFromFile: whether the value is an address in the files that the argument names, with one IPv4 or IPv6 address
 * or prefix a line. Files are relative to the rule's own; blank lines and those that begin with `#` do not count.
 *
 *     @ipMatchFromFile offices.txt    on 192.0.2.7: matches where 192.0.2.0/24 is a line of the file
 */
import { fail } from '../../core/result.ts';
import { compileAddressOperator } from './address-list.ts';
import { readListLines } from './list-file.ts';
import type { OperatorDefinition } from './operator.ts';

export const ipMatchFromFile: OperatorDefinition = {
  name: 'ipmatchfromfile',
  compile(argument, environment) {
    const lines = readListLines(argument, environment);
    if (!lines.ok) return lines;
    const compiled = compileAddressOperator(lines.value);
    return compiled.ok ? compiled : fail(`${argument}: ${compiled.fault}`);
  },
};
