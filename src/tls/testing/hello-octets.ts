/** Writes ClientHellos for tests, also such as no library would send. */

export interface HelloParts {
  readonly version?: number;
  readonly sessionId?: Buffer;
  readonly ciphers?: readonly number[];
  readonly compression?: Buffer;
  /** Null leaves the list of extensions out altogether. */
  readonly extensions?: readonly Buffer[] | null;
}

/** The body of the message. */
export function helloBody(parts: HelloParts = {}): Buffer {
  const { version = 0x0303, ciphers = [0x1301, 0xc02b], extensions = [] } = parts;
  return Buffer.concat([
    numbers([version]),
    Buffer.alloc(32, 7),
    vector(1, parts.sessionId ?? Buffer.alloc(32, 9)),
    vector(2, numbers(ciphers)),
    vector(1, parts.compression ?? Buffer.alloc(1)),
    extensions === null ? Buffer.alloc(0) : vector(2, Buffer.concat(extensions)),
  ]);
}

/** The message with its type and length. */
export function helloMessage(body: Buffer): Buffer {
  const head = Buffer.from([1, body.length >> 16, (body.length >> 8) & 255, body.length & 255]);
  return Buffer.concat([head, body]);
}

/** The message in records of at most `size` octets. */
export function records(message: Buffer, size = 16_384): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const piece = message.subarray(at, at + size);
    pieces.push(Buffer.from([22, 3, 1]), vector(2, piece));
  }
  return Buffer.concat(pieces);
}

export function extension(type: number, content: Buffer): Buffer {
  return Buffer.concat([numbers([type]), vector(2, content)]);
}

export function serverNames(...names: readonly string[]): Buffer {
  const entries = names.map((name) =>
    Buffer.concat([Buffer.alloc(1), vector(2, Buffer.from(name, 'latin1'))]),
  );
  return extension(0, vector(2, Buffer.concat(entries)));
}

export function protocolNames(...names: readonly string[]): Buffer {
  const entries = names.map((name) => vector(1, Buffer.from(name, 'latin1')));
  return extension(16, vector(2, Buffer.concat(entries)));
}

export function signatureAlgorithms(...values: readonly number[]): Buffer {
  return extension(13, vector(2, numbers(values)));
}

export function supportedVersions(...values: readonly number[]): Buffer {
  return extension(43, vector(1, numbers(values)));
}

/** Octets behind their length. */
export function vector(size: 1 | 2, content: Buffer): Buffer {
  const head = size === 1 ? Buffer.from([content.length]) : numbers([content.length]);
  return Buffer.concat([head, content]);
}

function numbers(values: readonly number[]): Buffer {
  return Buffer.concat(values.map((value) => Buffer.from([value >> 8, value & 255])));
}
