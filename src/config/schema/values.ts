/**
 * Kinds of text that several sections share.
 *
 * `form` names the kind for people: it stands in the documentation and in the message when a value is refused.
 */
import { RE2JS } from 're2js';
import { z } from 'zod';
import { fail, ok, type Result } from '../../core/result.ts';
import { quote, type ValueFault } from '../fault.ts';
import { isAddress, isHostName, parseListenAddress } from '../listen-address.ts';
import { checkAddress, checkPrefix } from '../prefix.ts';
import { parseException } from '../rule-exception.ts';

/** A day: far below what a timer can wait. */
export const SECONDS_MAX = 86_400;

/** Lifts any limit in practice, and the sum of two still fits a 32-bit counter. */
export const COUNT_MAX = 10_000_000;

/** A tebibyte: lifts any limit in practice, and stays an exact number. */
export const BYTES_MAX = 1_099_511_627_776;

const LIST_ENTRIES_MAX = 65_536;
const PATTERNS_MAX = 256;
const PATTERN_CHARACTERS_MAX = 1024;

/** Where a server listens. */
export const listenAddress = text('an address with a port', 300, parseListenAddress);

/** Where a server is reached: as above, with a port that can be connected to. */
export const targetAddress = text('an address with a port', 300, (value) => {
  const address = parseListenAddress(value);
  return address.ok && address.value.port === 0
    ? fail({ message: 'must have a port from 1 to 65535', suggestion: null })
    : address;
});

export const ipAddress = text('an IP address', 50, checkAddress);

export const prefixList = z.array(text('an address or prefix', 50, checkPrefix)).max(LIST_ENTRIES_MAX);

/** Compiled only once the list is known to be short: compiling is the most expensive check there is. */
export const patternList = z
  .array(
    z.string().min(1).max(PATTERN_CHARACTERS_MAX, { abort: true }).meta({ form: 'a regular expression' }),
  )
  .max(PATTERNS_MAX, { abort: true })
  .superRefine((patterns, context) => {
    for (const [index, pattern] of patterns.entries()) {
      const fault = patternFault(pattern);
      if (fault !== null) context.addIssue({ ...toIssue(fault), path: [index] });
    }
  });

/** A file or folder on the machine; `file` marks it for policies, which must not name any. */
export const filePath = text('a path', 4096, (value) =>
  value.includes('\0') ? fail({ message: 'must not contain a zero byte', suggestion: null }) : ok(value),
).meta({ file: true });

/** The beginning of a request's path. */
export const pathPrefix = text('a path that begins with /', 1024, (value) =>
  /^\/[\x21-\x7e]*$/.test(value) && !/[?#]/.test(value)
    ? ok(value)
    : fail({ message: `must be a path that begins with /, not ${quote(value)}`, suggestion: null }),
);

/** What a bearer header can carry. */
export const token = text('a token of up to 512 visible ASCII characters', 512, (value) =>
  /^[\x21-\x7e]+$/.test(value)
    ? ok(value)
    : fail({ message: 'must consist of visible ASCII characters without spaces', suggestion: null }),
);

/** Names of header fields or arguments; compared without regard to case. */
export const nameList = z
  .array(
    text('a name of up to 64 visible characters', 64, (value) =>
      /^[\x21-\x7e]+$/.test(value)
        ? ok(value)
        : fail({ message: 'must consist of visible ASCII characters without spaces', suggestion: null }),
    ),
  )
  .max(256);

/** Rules that are not to look at a part of some requests. */
export const exceptionList = z
  .array(text('an exception: RULE, RULE PART or RULE PART PATH', 400, parseException))
  .max(4096);

/** What a certificate of a server can be for. */
export const hostOrAddress = text('a host name or an IP address', 253, (value) =>
  isHostName(value) || isAddress(value)
    ? ok(value)
    : fail({ message: `must be a host name or an IP address, not ${quote(value)}`, suggestion: null }),
);

/** SHA-256 in hexadecimal digits, of which some tools put colons between. */
export const sha256Digest = text('64 hexadecimal digits', 95, (value) =>
  /^[0-9a-f]{64}$/i.test(value.replaceAll(':', ''))
    ? ok(value)
    : fail({ message: 'must be a SHA-256 fingerprint of 64 hexadecimal digits', suggestion: null }),
);

/** A short name for people and labels. */
export const label = text('a name of up to 64 letters, digits and . _ -', 64, (value) =>
  /^[A-Za-z0-9._-]+$/.test(value)
    ? ok(value)
    : fail({
        message: `must consist of letters, digits and . _ -, unlike ${quote(value)}`,
        suggestion: null,
      }),
);

export function url(...schemes: readonly string[]): z.ZodString {
  return text(`a URL with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`, 2048, (value) =>
    parseUrl(value, schemes),
  );
}

/** A kind of text: its name for people, how long it may be, and what else must hold. */
export function text(
  form: string,
  charactersMax: number,
  check: (value: string) => Result<unknown, ValueFault>,
): z.ZodString {
  return z
    .string()
    .min(1)
    .max(charactersMax)
    .superRefine((value, context) => {
      const result = check(value);
      if (!result.ok) context.addIssue(toIssue(result.fault));
    })
    .meta({ form });
}

function toIssue({ message, suggestion }: ValueFault): { code: 'custom'; message: string; params: object } {
  return { code: 'custom', message, params: { suggestion } };
}

/** Asks the linear-time engine that will run the pattern; back references and look-around do not exist there. */
function patternFault(pattern: string): ValueFault | null {
  try {
    RE2JS.compile(pattern);
    return null;
  } catch (error) {
    const reason =
      error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error);
    return {
      message: `is not a regular expression of the linear-time engine: ${quote(reason)}`,
      suggestion: 'RE2 syntax, without back references and look-around',
    };
  }
}

function parseUrl(value: string, schemes: readonly string[]): Result<string, ValueFault> {
  const parsed = URL.parse(value);
  if (parsed === null || !schemes.includes(parsed.protocol.slice(0, -1)) || parsed.hostname === '') {
    const expected = schemes.map((scheme) => `${scheme}://`).join(' or ');
    return fail({ message: `must be a URL with ${expected}, not ${quote(value)}`, suggestion: null });
  }
  if (parsed.username !== '' || parsed.password !== '') {
    return fail({ message: 'must not carry a user name or password', suggestion: 'use the token key' });
  }
  if (parsed.search !== '' || parsed.hash !== '') {
    return fail({ message: `must end with the path: ${quote(value)}`, suggestion: 'leave out ? and #' });
  }
  return ok(value);
}
