/**
 * replaceComments: one blank in the place of every comment of C; one that does not end lasts to the end. Never
 * longer than its input.
 *
 *     UNION/∗x∗/SELECT/∗ -> UNION SELECT␠      (∗ stands for an asterisk)
 */
import { withoutComments } from './c-comments.ts';

export function replaceComments(text: string): string {
  return withoutComments(text, ' ');
}
