/** Where rule files come from: the loader reads them through this interface only. */
import type { Result } from '../../core/result.ts';

export interface RuleFiles {
  /** The text of a file as latin-1, one character an octet; fails with a sentence. */
  readText(path: string): Result<string, string>;
  /**
   * The paths of the files that a pattern means, relative to `folder` unless absolute, sorted by path. `*` and `?`
   * stand for characters within one name. A path without them is returned whether the file is there or not. Fails
   * with a sentence.
   */
  expand(pattern: string, folder: string): Result<readonly string[], string>;
}
