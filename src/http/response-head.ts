/**
 * The one reading of an origin's response. Reused from response to response.
 */
import { FieldBlock } from './field-block.ts';
import { BODY_NONE } from './framing.ts';
import type { HeaderEdits } from './header-edits.ts';

export class ResponseHead {
  readonly fields: FieldBlock;
  status = 0;
  minorVersion = 1;
  framing: number = BODY_NONE;
  /** What Content-Length says, or -1 where there is none. */
  contentLength = -1;
  /** Whether the origin keeps the connection after this response. */
  keepAlive = true;
  /** Whether lines may be forwarded as they are: no hop-by-hop field, nothing to rewrite. */
  editable = true;
  /** Whether Connection names fields beyond its usual options. */
  hasConnectionOptions = false;
  /** What the operator wants changed of a final head on its way to the client; set by whoever passes it on. */
  edits: HeaderEdits | null = null;
  /** Where to go on after `NEED_MORE`, relative to the head's first octet. */
  resume = 0;

  constructor(fieldCountMax: number) {
    this.fields = new FieldBlock(fieldCountMax);
  }

  clear(): void {
    this.fields.clear();
    this.resume = 0;
    this.status = 0;
    this.minorVersion = 1;
    this.framing = BODY_NONE;
    this.contentLength = -1;
    this.keepAlive = true;
    this.editable = true;
    this.hasConnectionOptions = false;
    this.edits = null;
  }
}
