/** What a screen may demand of values for operators that look for their argument. */
import { lowercase } from '../transformations/lowercase.ts';

/** Null where the argument is empty, so that all values match, or has a macro in it, so that its text is not known. */
export function neededText(argument: string): readonly string[] | null {
  return argument === '' || argument.includes('%{') ? null : [lowercase(argument)];
}
