/**
 * pm: whether any of the words of the argument, which blanks separate, is in the value; ASCII letters without regard
 * to case. Bytes can be written between bars in hexadecimal.
 *
 *     @pm union |3c|script    on "x <SCRIPT>": matches "<SCRIPT"
 */
import type { OperatorDefinition } from './operator.ts';
import { compileWordOperator } from './word-operator.ts';

const BYTES_IN_BARS = /\|((?:[0-9a-fA-F]{2} ?)+)\|/g;

export const pm: OperatorDefinition = {
  name: 'pm',
  compile(argument) {
    const plain = argument.replace(BYTES_IN_BARS, (_, digits: string) =>
      Buffer.from(digits.replaceAll(' ', ''), 'hex').toString('latin1'),
    );
    return compileWordOperator(plain.split(/[\t-\r ]+/).filter((word) => word !== ''));
  },
};
