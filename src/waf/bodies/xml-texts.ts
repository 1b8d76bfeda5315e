/**
 * What an XML document holds: the texts of its elements and the values of its attributes, with references resolved.
 * Counts them, and notes what in them is not XML.
 */
import { isBlank, trimBlanks } from './blanks.ts';
import { resolveReferences } from './xml-references.ts';

export class XmlTexts {
  readonly texts: string[] = [];
  readonly attributes: string[] = [];
  /** What was wrong with the first text that was not XML, in one sentence. */
  complaint: string | null = null;
  readonly #countMax: number;
  /** The text of the element so far. */
  #open = '';

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  /** The limit may be passed by what a single tag holds, which is then in what the parser keeps. */
  get isOverLimit(): boolean {
    return this.texts.length + this.attributes.length > this.#countMax;
  }

  addAttribute(value: string): void {
    this.attributes.push(this.#resolve(value));
  }

  /** Adds to the text of the element. */
  addText(text: string): void {
    this.#open += this.#resolve(text);
  }

  /** Adds to the text of the element what holds no references. */
  addData(text: string): void {
    this.#checkCharacters(text);
    this.#open += text;
  }

  /** Ends the text of the element. */
  flush(): void {
    const text = trimBlanks(this.#open);
    this.#open = '';
    if (text !== '') this.texts.push(text);
  }

  /** Adds a text that stands by itself. */
  push(text: string): void {
    this.flush();
    const trimmed = trimBlanks(text);
    if (trimmed !== '') this.texts.push(trimmed);
  }

  #resolve(value: string): string {
    const { text, fault } = resolveReferences(value);
    this.complaint ??= fault;
    this.#checkCharacters(text);
    return text;
  }

  /** Octets below the blank are no characters of XML; programs differ in whether they drop or refuse them. */
  #checkCharacters(text: string): void {
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code >= 0x20 || isBlank(code)) continue;
      this.complaint ??= 'The XML document has a control character.';
      return;
    }
  }
}
