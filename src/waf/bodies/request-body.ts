/**
 * The body of a request as the firewall sees it: unpacked, its character set turned into one that keeps ASCII, as
 * latin-1 text, and taken apart at most once by each processor that a rule set asks for.
 */
import { sliceLatin1 } from '../../core/latin1.ts';
import type { RequestBody } from '../inspection.ts';
import { type BodyParser, bodyFault } from './body-parser.ts';
import { convertCharset } from './charset.ts';
import { FormDataParser } from './form-data.ts';
import { JsonParser } from './json.ts';
import type { BodyLimits, BodyProcessor, ParsedBody } from './parsed-body.ts';
import { hasSeveralTypes, processorOf } from './processor.ts';
import { unpack } from './unpack.ts';
import { UrlencodedParser } from './urlencoded.ts';
import { XmlParser } from './xml.ts';

/** Of what unpacks to too much, a beginning is wanted all the same. */
const BEGINNING_ATTEMPTS = 6;

const UTF8_MARK = '\u00ef\u00bb\u00bf';
const SEPARATOR = '&';

/**
 * @param bytes the body as received, or its beginning
 * @param complete whether that is the whole body
 * @param contentType the field as received, or null
 * @param contentEncoding the field as received, several joined by commas, or null
 * @param unpackedBytesMax octets that undoing Content-Encoding may give
 */
export function readRequestBody(
  bytes: Uint8Array,
  complete: boolean,
  contentType: string | null,
  contentEncoding: string | null,
  limits: BodyLimits,
  unpackedBytesMax: number,
): RequestBody {
  const unpacked = unpack(bytes, contentEncoding, {
    bytesMax: unpackedBytesMax,
    attemptsMax: BEGINNING_ATTEMPTS,
  });
  const converted = convertCharset(unpacked.bytes, contentType);
  const fault = unpacked.fault ?? converted.fault;
  return new ReadBody(converted.bytes, complete, contentType, fault, limits);
}

class ReadBody implements RequestBody {
  readonly text: string;
  readonly complete: boolean;
  readonly contentType: string | null;
  readonly processor: BodyProcessor | null;
  readonly unpackFault: string | null;
  readonly #limits: BodyLimits;
  readonly #parsed: ParsedBody[] = [];

  constructor(
    bytes: Uint8Array,
    complete: boolean,
    contentType: string | null,
    unpackFault: string | null,
    limits: BodyLimits,
  ) {
    this.complete = complete;
    this.contentType = contentType;
    this.processor = processorOf(contentType);
    this.unpackFault = unpackFault;
    this.#limits = limits;
    this.text = latin1Of(bytes);
  }

  parse(processor: BodyProcessor): ParsedBody {
    const known = this.#parsed.find((body) => body.processor === processor);
    if (known !== undefined) return known;
    const parsed = this.#parse(processor);
    this.#parsed.push(parsed);
    return parsed;
  }

  #parse(processor: BodyProcessor): ParsedBody {
    const parser = this.#parserOf(processor);
    parser.write(this.#readableText(processor));
    const parsed = parser.end(this.complete);
    const isAmbiguous = this.contentType !== null && hasSeveralTypes(this.contentType);
    if (parsed.fault !== null || !isAmbiguous) return parsed;
    return { ...parsed, fault: bodyFault('syntax', 'Content-Type names several media types.') };
  }

  /** Documents may begin with a byte order mark, which is not part of them. */
  #readableText(processor: BodyProcessor): string {
    const isDocument = processor === 'JSON' || processor === 'XML';
    return isDocument && this.text.startsWith(UTF8_MARK) ? this.text.slice(UTF8_MARK.length) : this.text;
  }

  #parserOf(processor: BodyProcessor): BodyParser {
    switch (processor) {
      case 'URLENCODED':
        return new UrlencodedParser(SEPARATOR, this.#limits.argumentsMax);
      case 'MULTIPART':
        return new FormDataParser(this.contentType, this.#limits);
      case 'JSON':
        return new JsonParser(this.#limits);
      case 'XML':
        return new XmlParser(this.#limits);
    }
  }
}

function latin1Of(bytes: Uint8Array): string {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return sliceLatin1(buffer, 0, buffer.length);
}
