/** One way in which an origin may read a text: the characters after some decodings, and their marks. */
import { type Marks, markText } from './marks.ts';

/** What lies between the text as received and a reading of it. */
export type Decoding = 'url' | 'overlong' | 'html' | 'escapes' | 'base64' | 'look-alikes';

export class Reading implements Marks {
  /** Bytes as latin-1 text. */
  readonly text: string;
  /** In the order undone. */
  readonly decodings: readonly Decoding[];
  classes = 0;
  words = 0;

  constructor(text: string, decodings: readonly Decoding[]) {
    this.text = text;
    this.decodings = decodings;
    markText(text, this);
  }
}
