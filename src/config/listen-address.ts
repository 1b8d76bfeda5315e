/**
 * Addresses with a port, as the configuration writes them: `127.0.0.1:8443`, `[::1]:8443`, `localhost:8443`.
 *
 * Forms that two programs would read differently are refused: IPv4 with leading zeros or missing parts, IPv6
 * without brackets.
 */
import { createAddressWords, formatAddress, parseAddressInto } from '../core/ip.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { quote, type ValueFault } from './fault.ts';

export interface ListenAddress {
  /** An IP address without brackets, or a host name. */
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

const HOST_NAME =
  /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i;
const EXAMPLE = 'write it like "127.0.0.1:8443" or "[::1]:8443"';

/** Reads `host:port` or `[v6]:port`; the fault says what is wrong and how to write it. */
export function parseListenAddress(text: string): Result<ListenAddress, ValueFault> {
  const parts = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([0-9]{1,5})$/.exec(text);
  if (parts === null) {
    return fail({ message: `must be an address with a port, not ${quote(text)}`, suggestion: rewrite(text) });
  }
  const [, bracketed, plain = '', digits] = parts;
  const port = Number(digits);
  if (port > 65_535) return fail({ message: `has a port above 65535: ${quote(text)}`, suggestion: null });
  const readable =
    bracketed === undefined
      ? isAddress(plain) || isHostName(plain)
      : bracketed.includes(':') && isAddress(bracketed);
  if (!readable) {
    return fail({ message: `has an unreadable host: ${quote(text)}`, suggestion: rewrite(text) });
  }
  return ok({ host: bracketed ?? plain, port });
}

/** An address of a configuration that is valid, hence readable. */
export function readListenAddress(text: string): ListenAddress {
  const address = parseListenAddress(text);
  if (!address.ok) throw new Error(`${text} ${address.fault.message}`);
  return address.value;
}

/** `host:port`, with brackets around IPv6. */
export function formatListenAddress({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** One text for each host: addresses in canonical form, names in lower case. */
export function canonicalHost(host: string): string {
  const words = createAddressWords();
  return parseAddressInto(host, words) ? formatAddress(words) : host.toLowerCase();
}

/** Whether only programs of the same machine can reach a listener on this host. */
export function isLoopbackHost(host: string): boolean {
  const canonical = canonicalHost(host);
  return canonical === 'localhost' || canonical === '::1' || /^127(\.\d{1,3}){3}$/.test(canonical);
}

/** Whether a listener on this host takes connections on every address of the machine. */
export function isWildcardHost(host: string): boolean {
  return ['0.0.0.0', '::'].includes(canonicalHost(host));
}

/** Whether a text is an IP address, without brackets. */
export function isAddress(host: string): boolean {
  return parseAddressInto(host, createAddressWords());
}

/** Whether a text is a host name; one that ends in a number would be a mistyped IPv4 address. */
export function isHostName(host: string): boolean {
  return HOST_NAME.test(host) && !/(^|\.)[0-9]+$/.test(host);
}

function rewrite(text: string): string {
  const withoutScheme = /^[a-z]+:\/\/([^/]+)\/*$/i.exec(text)?.[1];
  if (withoutScheme !== undefined && parseListenAddress(withoutScheme).ok) {
    return `write ${quote(withoutScheme)}`;
  }
  const port = /^(?:\*?:)?([0-9]{1,5})$/.exec(text)?.[1];
  if (port !== undefined) {
    return `write "0.0.0.0:${port}" for all addresses or "127.0.0.1:${port}" for this machine only`;
  }
  const unbracketed = /^([0-9a-f:.]*:[0-9a-f:.]*):([0-9]{1,5})$/i.exec(text);
  if (unbracketed?.[1] !== undefined && isAddress(unbracketed[1])) {
    return `write "[${unbracketed[1]}]:${unbracketed[2]}"`;
  }
  return EXAMPLE;
}
