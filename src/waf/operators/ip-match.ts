/**
 * ipMatch: whether the value is an address in the argument's list of IPv4 and IPv6 addresses and prefixes, which
 * commas separate. What is no address does not match.
 *
 *     @ipMatch 127.0.0.1,2001:db8::/32    on 2001:db8::7: matches
 */
import { compileAddressOperator } from './address-list.ts';
import type { OperatorDefinition } from './operator.ts';

export const ipMatch: OperatorDefinition = {
  name: 'ipmatch',
  compile: (argument) => compileAddressOperator(argument.split(',')),
};
