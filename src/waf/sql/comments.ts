/** What is written behind a comment sign. */
import type { TokenStream } from './token-stream.ts';

/** Prose behind a comment sign is no comment. */
const COMMENT_WORDS_MAX = 2;

/** What people and tools write behind `#`; other signs come with random text and links. */
const HASH_COMMENT = /^(?:$|[\s;,.+#'"()-][\w\s;,.+#'"()-]*$)/;
const COMMENT_CHARACTERS_MAX = 200;

/** Whether a comment holds a few words at most: tools and people leave little behind the sign that cuts. */
export function isShortComment(stream: TokenStream, at: number): boolean {
  const comment = stream.text.slice(stream.start(at), stream.start(at) + COMMENT_CHARACTERS_MAX);
  if (comment.startsWith('#') && !HASH_COMMENT.test(comment.slice(1))) return false;
  return comment.split(/[^\w$]+/).filter((word) => word !== '').length <= COMMENT_WORDS_MAX;
}
