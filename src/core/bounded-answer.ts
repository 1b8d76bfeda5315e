/** Reading the body of a small HTTP answer, for clients that keep it as a whole. */
import type { IncomingMessage } from 'node:http';
import { codedMessageOf } from './error-message.ts';
import { fail, ok, type Result } from './result.ts';

/**
 * Reads up to `bytesMax` octets and calls `done` once: with all of them, or with a few words on what went wrong. The
 * deadline is the caller's, and so is giving up the request after a fault.
 */
export function readBoundedAnswer(
  response: IncomingMessage,
  bytesMax: number,
  done: (result: Result<Buffer, string>) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  let isDone = false;
  const settle = (result: Result<Buffer, string>): void => {
    if (isDone) return;
    isDone = true;
    done(result);
  };
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > bytesMax) settle(fail(`the answer is larger than ${bytesMax} bytes`));
    else chunks.push(chunk);
  });
  response.on('end', () => {
    settle(response.complete ? ok(Buffer.concat(chunks)) : fail('the answer broke off'));
  });
  response.on('error', (error) => settle(fail(codedMessageOf(error))));
  response.on('close', () => settle(fail('the answer broke off')));
}
