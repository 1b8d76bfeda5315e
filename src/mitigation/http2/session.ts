/**
 * The rules of HTTP/2 for one connection, to a client or to an origin: which frame may come when, and what it changes
 * (RFC 9113).
 *
 * Octets go in by `feed` and are read by `advance`, in one go or in several; both return `NO_ERROR` or the error that ends
 * the connection. What they lead to goes out by the output. What concerns one stream is the stream table's business.
 * Whatever brings no progress is charged to the budget, which ends the connection too when it is used up.
 */
import type { HpackEncoder } from '../../http/hpack/encoder.ts';
import {
  BAD_PADDING,
  DATA_RUN,
  FRAME,
  FrameReader,
  NEED_MORE,
  TOO_LONG,
  TOO_SHORT,
} from '../../http/http2/frame-reader.ts';
import * as h2 from '../../http/http2/frame-types.ts';
import { readUint32 } from '../../http/http2/frame-writer.ts';
import { HeaderPayload } from '../../http/http2/header-payload.ts';
import { PeerSettings } from '../../http/http2/peer-settings.ts';
import { PREFACE } from '../../http/http2/preface.ts';
import type { AbuseBudget } from './abuse-budget.ts';
import * as cost from './abuse-budget.ts';
import type { FrameOutput } from './frame-output.ts';
import { HeaderBlock } from './header-block.ts';
import type { SendScheduler } from './send-scheduler.ts';

/** The streams of the connection; methods return `NO_ERROR` or the error that ends it. */
export interface SessionStreams {
  readonly encoder: HpackEncoder;
  /** A whole field block. */
  receiveHeaders(block: HeaderBlock): number;
  /** A DATA frame, or the next run of one. */
  receiveData(reader: FrameReader): number;
  /** RST_STREAM. */
  cancel(streamId: number, code: number): number;
  /** WINDOW_UPDATE for a stream. */
  widen(streamId: number, increment: number): number;
  /** A frame for a stream that was wrong in itself. */
  fault(streamId: number, code: number): number;
  /** New streams begin with `size`, and open ones get the difference; false where one gets too much. */
  setSendWindow(size: number, difference: number): boolean;
  onSettingsAcknowledged(): void;
}

export interface SessionParts {
  readonly output: FrameOutput;
  readonly budget: AbuseBudget;
  readonly scheduler: SendScheduler;
  readonly streams: SessionStreams;
  /** Octets that one field block may have on the wire. */
  readonly blockBytesMax: number;
  /** Whether the peer is a client, whose first octets are the preface. */
  readonly expectsPreface: boolean;
}

/** So many frames take no time to speak of; a field block alone may take as much. */
const EFFORT = 16;

export class Http2Session {
  /** Whether the peer's SETTINGS have come, which are the end of its preface. */
  settingsReceived = false;
  /** Whether it has acknowledged ours. */
  settingsAcknowledged = false;
  /** Whether it has said that it will go, and the last of our streams that it looks at. */
  goawayReceived = false;
  goawayLastId: number = h2.STREAM_ID_MAX;
  /** Acknowledgements of our pings. */
  pingsAcknowledged = 0;
  /** Rises with every frame that is whole, field blocks counting as one. */
  completed = 0;
  readonly #output: FrameOutput;
  readonly #budget: AbuseBudget;
  readonly #scheduler: SendScheduler;
  readonly #streams: SessionStreams;
  readonly #blockBytesMax: number;
  readonly #reader: FrameReader = new FrameReader(h2.DEFAULT_FRAME_SIZE);
  readonly #payload: HeaderPayload = new HeaderPayload();
  readonly #block: HeaderBlock = new HeaderBlock();
  /** What it asks for. */
  readonly peer: PeerSettings = new PeerSettings();
  #prefaceLength: number;
  #hasMore = false;

  constructor({ output, budget, scheduler, streams, blockBytesMax, expectsPreface }: SessionParts) {
    this.#output = output;
    this.#budget = budget;
    this.#scheduler = scheduler;
    this.#streams = streams;
    this.#blockBytesMax = blockBytesMax;
    this.#prefaceLength = expectsPreface ? 0 : PREFACE.length;
  }

  /** Whether a frame or a field block has begun and not ended. */
  get incomplete(): boolean {
    return this.#block.open || this.#reader.isCut;
  }

  /** Whether octets are left that `advance` has not come to. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  /** Takes the next octets, once nothing is left of those before. */
  feed(chunk: Buffer): number {
    const start = this.#readPreface(chunk);
    if (start < 0) return h2.PROTOCOL_ERROR;
    this.#reader.feed(start === 0 ? chunk : chunk.subarray(start));
    this.#hasMore = true;
    return h2.NO_ERROR;
  }

  /** Reads frames, as long as there are any and `mayGoOn` agrees, which is asked now and then. */
  advance(mayGoOn: () => boolean): number {
    const reader = this.#reader;
    let effort = 0;
    for (let event = reader.next(); event !== NEED_MORE; event = reader.next()) {
      const code = this.#onEvent(event);
      if (code !== h2.NO_ERROR) return code;
      if (this.#budget.exceeded) return h2.ENHANCE_YOUR_CALM;
      effort += reader.type === h2.HEADERS || reader.type === h2.CONTINUATION ? EFFORT : 1;
      if (effort < EFFORT) continue;
      if (!mayGoOn()) return h2.NO_ERROR;
      effort = 0;
    }
    this.#hasMore = false;
    return h2.NO_ERROR;
  }

  /** Returns where the frames begin, or -1 where this is no preface. */
  #readPreface(chunk: Buffer): number {
    let at = 0;
    while (this.#prefaceLength < PREFACE.length && at < chunk.length) {
      if (chunk[at++] !== PREFACE[this.#prefaceLength++]) return -1;
    }
    return at;
  }

  #onEvent(event: number): number {
    switch (event) {
      case FRAME:
        return this.#onFrame();
      case DATA_RUN:
        return this.#onData();
      case BAD_PADDING:
        return h2.PROTOCOL_ERROR;
      case TOO_LONG:
      case TOO_SHORT:
        return h2.FRAME_SIZE_ERROR;
      default:
        return h2.INTERNAL_ERROR;
    }
  }

  #onData(): number {
    // Nothing comes between the pieces of a field block (section 4.3), and SETTINGS come first (section 3.4).
    if (this.#block.open || !this.settingsReceived) return h2.PROTOCOL_ERROR;
    if (this.#reader.last) this.completed++;
    return this.#streams.receiveData(this.#reader);
  }

  #onFrame(): number {
    const { type } = this.#reader;
    if (this.#block.open && type !== h2.CONTINUATION) return h2.PROTOCOL_ERROR;
    if (!this.settingsReceived && type !== h2.SETTINGS) return h2.PROTOCOL_ERROR;
    if (type !== h2.CONTINUATION) this.completed++;
    switch (type) {
      case h2.HEADERS:
        return this.#onHeaders();
      case h2.CONTINUATION:
        return this.#onContinuation();
      case h2.PRIORITY:
        return this.#onPriority();
      case h2.RST_STREAM:
        return this.#onRstStream();
      case h2.SETTINGS:
        return this.#onSettings();
      case h2.PING:
        return this.#onPing();
      case h2.GOAWAY:
        return this.#onGoaway();
      case h2.WINDOW_UPDATE:
        return this.#onWindowUpdate();
      case h2.PUSH_PROMISE:
        return h2.PROTOCOL_ERROR;
      default:
        this.#budget.spend(cost.IDLE_FRAME);
        return h2.NO_ERROR;
    }
  }

  /** Section 6.2. */
  #onHeaders(): number {
    const { streamId, flags, bytes, start, end } = this.#reader;
    if ((streamId & 1) === 0) return h2.PROTOCOL_ERROR;
    const payload = this.#payload;
    const code = payload.read(bytes, start, end, flags);
    if (code !== h2.NO_ERROR) return code;
    const block = this.#block;
    block.streamId = streamId;
    block.endStream = (flags & h2.FLAG_END_STREAM) !== 0;
    block.selfDependent = payload.dependency === streamId;
    block.begin(bytes, payload.start, payload.end, (flags & h2.FLAG_END_HEADERS) !== 0);
    return this.#endBlock();
  }

  /** Section 6.10. */
  #onContinuation(): number {
    const { streamId, flags, bytes, start, end } = this.#reader;
    const block = this.#block;
    if (!block.open || block.streamId !== streamId) return h2.PROTOCOL_ERROR;
    const last = (flags & h2.FLAG_END_HEADERS) !== 0;
    this.#budget.spendContinuation(end - start, last);
    if (!block.add(bytes, start, end, last, this.#blockBytesMax)) return h2.ENHANCE_YOUR_CALM;
    return this.#endBlock();
  }

  #endBlock(): number {
    const block = this.#block;
    if (block.open) return h2.NO_ERROR;
    const code = this.#streams.receiveHeaders(block);
    block.clear();
    return code;
  }

  /** Section 6.3; what it says is ignored, as section 5.3.2 allows. */
  #onPriority(): number {
    const { streamId, length, bytes, start } = this.#reader;
    if (streamId === 0) return h2.PROTOCOL_ERROR;
    this.#budget.spendAnswering();
    if (length !== 5) return this.#streams.fault(streamId, h2.FRAME_SIZE_ERROR);
    const selfDependent = (readUint32(bytes, start) & h2.STREAM_ID_MAX) === streamId;
    return selfDependent ? this.#streams.fault(streamId, h2.PROTOCOL_ERROR) : h2.NO_ERROR;
  }

  /** Section 6.4. */
  #onRstStream(): number {
    const { streamId, length, bytes, start } = this.#reader;
    if (length !== 4) return h2.FRAME_SIZE_ERROR;
    return this.#streams.cancel(streamId, readUint32(bytes, start));
  }

  /** Section 6.5. */
  #onSettings(): number {
    const { streamId, flags, length, bytes, start, end } = this.#reader;
    if (streamId !== 0) return h2.PROTOCOL_ERROR;
    if ((flags & h2.FLAG_ACK) !== 0) return this.#onSettingsAck(length);
    if (this.settingsReceived) this.#budget.spend(cost.SETTINGS_CHANGE);
    this.settingsReceived = true;
    const { peer } = this;
    const windowBefore = peer.initialWindowSize;
    const code = peer.apply(bytes, start, end);
    if (code !== h2.NO_ERROR) return code;
    this.#streams.encoder.setTableLimit(Math.min(peer.headerTableSize, h2.DEFAULT_HEADER_TABLE_SIZE));
    if (!this.#streams.setSendWindow(peer.initialWindowSize, peer.initialWindowSize - windowBefore)) {
      return h2.FLOW_CONTROL_ERROR;
    }
    this.#output.settingsAck();
    return h2.NO_ERROR;
  }

  #onSettingsAck(length: number): number {
    if (length !== 0) return h2.FRAME_SIZE_ERROR;
    if (!this.settingsReceived) return h2.PROTOCOL_ERROR;
    if (this.settingsAcknowledged) {
      this.#budget.spend(cost.IDLE_FRAME);
    } else {
      this.settingsAcknowledged = true;
      this.#streams.onSettingsAcknowledged();
    }
    return h2.NO_ERROR;
  }

  /** Section 6.7. */
  #onPing(): number {
    const { streamId, flags, length, bytes, start } = this.#reader;
    if (streamId !== 0) return h2.PROTOCOL_ERROR;
    if (length !== 8) return h2.FRAME_SIZE_ERROR;
    if ((flags & h2.FLAG_ACK) !== 0) {
      this.#budget.spend(cost.IDLE_FRAME);
      this.pingsAcknowledged++;
    } else {
      this.#budget.spendAnswering();
      this.#output.pingAck(bytes, start);
    }
    return h2.NO_ERROR;
  }

  /** Section 6.8. */
  #onGoaway(): number {
    const { streamId, length, bytes, start } = this.#reader;
    if (streamId !== 0) return h2.PROTOCOL_ERROR;
    if (length < 8) return h2.FRAME_SIZE_ERROR;
    this.#budget.spend(cost.IDLE_FRAME);
    this.goawayReceived = true;
    this.goawayLastId = Math.min(this.goawayLastId, readUint32(bytes, start) & h2.STREAM_ID_MAX);
    return h2.NO_ERROR;
  }

  /** Section 6.9. */
  #onWindowUpdate(): number {
    const { streamId, length, bytes, start } = this.#reader;
    if (length !== 4) return h2.FRAME_SIZE_ERROR;
    this.#budget.spendAnswering();
    const increment = readUint32(bytes, start) & h2.WINDOW_MAX;
    if (streamId !== 0) return this.#streams.widen(streamId, increment);
    if (increment === 0) return h2.PROTOCOL_ERROR;
    return this.#scheduler.widen(increment) ? h2.NO_ERROR : h2.FLOW_CONTROL_ERROR;
  }
}
