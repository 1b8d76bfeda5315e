/**
 * Purpose: addresses that make an origin send requests into its own network (SSRF), or load a remote program (RFI).
 * Input: decoded values that are an address with a scheme.
 * Result: `address-metadata` for the services by which cloud machines learn their credentials; `address-disguised` for
 *   an address of this kind or of the machine itself in a notation that people do not write: one number, octal,
 *   hexadecimal, shortened, IPv4 inside IPv6, or as a label of a name that resolves to it; `address-scheme` for schemes
 *   that carry other protocols; `address-own` for the machine itself or a private network in plain notation, no more
 *   than a hint; `address-script` for a remote program with a query mark that cuts off what the origin adds.
 * Example: `http://169.254.169.254/latest/meta-data/`, `http://2130706433/`, `gopher://127.0.0.1:6379/_x`.
 * Known misses: names that resolve to inner addresses, redirections.
 */
import {
  CRITICAL,
  type Family,
  type Findings,
  isArgument,
  NOTICE,
  type Place,
  type Rule,
  WARNING,
} from '../family.ts';
import { ADDRESS } from '../marks.ts';
import type { Reading } from '../reading.ts';

const METADATA = rule('address-metadata', CRITICAL, 'the address of a metadata service');
const DISGUISED = rule('address-disguised', CRITICAL, 'an inner address in an unusual notation');
const SCHEME = rule('address-scheme', CRITICAL, 'an address whose scheme carries another protocol');
const OWN = rule('address-own', NOTICE, 'an address of the machine itself or a private network');
const SCRIPT = rule('address-script', WARNING, 'a remote program with what cuts off the rest');

const AUTHORITY =
  /^\s{0,8}["'(]?(?:url[:=]\s{0,4})?([a-z][a-z0-9+.-]{1,16}):[/\\]{1,4}([^/\\?#\s"'<>]{1,255})/i;
const OTHER_PROTOCOL =
  /^(?:gopher|dict|tftp|ldaps?|netdoc|jar|rmi|iiop|corba|nis|dns|smtp|imap|pop3|expect|ogg|ssh2|svn)$/i;
const METADATA_NAMES =
  /^(?:metadata\.google\.internal|metadata\.goog|metadata|instance-data(?:\.\S{1,64})?|kubernetes\.default(?:\.svc\S{0,64})?|host\.docker\.internal|rancher-metadata)$/i;
const METADATA_PATHS =
  /^\/{1,3}(?:latest\/(?:meta-data|user-data|dynamic|api\/token)|computemetadata\/v1|metadata\/(?:instance|v1)|opc\/v[12]\/|openstack\/latest)/i;
const OWN_NAMES =
  /^(?:localhost|.{1,64}\.localhost|localhost\.localdomain|ip6-localhost|.{1,64}\.internal)$/i;
/** Names that anybody may use to point to an address written in them. */
const NAMED_ADDRESS =
  /(?:^|[.-])(?:127[.-]\d{1,3}[.-]\d{1,3}[.-]\d{1,3}|169[.-]254[.-]169[.-]254|10[.-]\d{1,3}[.-]\d{1,3}[.-]\d{1,3}|7f000001)[.-][a-z]|(?:^|\.)(?:localtest\.me|lvh\.me|vcap\.me|lacolhost\.com|spoofed\.burpcollaborator\.net|burpcollaborator\.net|oastify\.com|interact\.sh|oast\.(?:pro|live|site|online|fun|me))$/i;
const REMOTE_PROGRAM = /\.(?:php[0-9]?|txt|inc|asp|jsp|cgi|pl|gif|jpe?g|png|dat|log)(?:\?{1,4}$|%00|\0)/i;

export const serverAddresses: Family = {
  rules: [METADATA, DISGUISED, SCHEME, OWN, SCRIPT],

  mayMatch(_classes: number, words: number, place: Place): boolean {
    return (words & ADDRESS) !== 0 && isArgument(place);
  },

  find({ text }: Reading, _place: Place, findings: Findings): void {
    const match = AUTHORITY.exec(text);
    if (match === null) return;
    const scheme = match[1] ?? '';
    const host = hostOf(match[2] ?? '');
    const end = match[0].length;
    if (OTHER_PROTOCOL.test(scheme)) findings.add(SCHEME, 0, end);
    if (METADATA_NAMES.test(host) || METADATA_PATHS.test(text.slice(end, end + 64)))
      findings.add(METADATA, 0, end);
    if (NAMED_ADDRESS.test(host)) findings.add(DISGUISED, 0, end);
    if (OWN_NAMES.test(host)) findings.add(OWN, 0, end);
    findNumber(host, end, findings);
    if (REMOTE_PROGRAM.test(text)) findings.add(SCRIPT, 0, end);
  },
};

function rule(id: string, score: number, message: string): Rule {
  return { id, label: 'SERVER_SIDE_REQUEST', message, score };
}

/** Without user, port and final dot; of an IPv6 literal what stands between the brackets. */
function hostOf(authority: string): string {
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (host.startsWith('['))
    return host.slice(0, host.indexOf(']') === -1 ? host.length : host.indexOf(']') + 1);
  return host.replace(/:\d{0,5}$/, '').replace(/\.$/, '');
}

function findNumber(host: string, end: number, findings: Findings): void {
  const plain = /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host) && !/(?:^|\.)0\d/.test(host);
  const address = host.startsWith('[') ? readIpv6(host) : readIpv4(host);
  if (address === null) return;
  if (isMetadata(address)) findings.add(METADATA, 0, end);
  else if (isInner(address)) findings.add(plain || host === '[::1]' ? OWN : DISGUISED, 0, end);
}

/** The 32 bits of an IPv4 address in every notation of `inet_aton`; null for a name. */
function readIpv4(host: string): number | null {
  const parts = host.split('.');
  if (parts.length > 4) return null;
  let value = 0;
  for (const [index, part] of parts.entries()) {
    if (!/^(?:0x[0-9a-f]{1,8}|[0-9]{1,12})$/i.test(part)) return null;
    const isOctal = /^0[0-7]/.test(part);
    const number = isOctal ? Number.parseInt(part, 8) : Number(part);
    const isLast = index === parts.length - 1;
    value = isLast ? value * 256 ** (5 - parts.length) + number : value * 256 + (number & 0xff);
  }
  return value > 0xffffffff ? null : value;
}

/** The IPv4 address inside an IPv6 one, or that of the machine itself; null for other addresses. */
function readIpv6(host: string): number | null {
  const text = host.slice(1, -1).toLowerCase().replace(/%.*$/, '');
  if (/^[0:]{2,39}1?$/.test(text)) return 0x7f000001;
  if (text === 'fd00:ec2::254') return 0xa9fea9fe;
  const dotted = /(?:^|:)(\d{1,3}(?:\.\d{1,3}){3})$/.exec(text);
  if (dotted !== null) return readIpv4(dotted[1] ?? '');
  const pair = /^(?:::|(?:0{1,4}:){5})ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(text);
  return pair === null
    ? null
    : Number.parseInt(pair[1] ?? '', 16) * 0x10000 + Number.parseInt(pair[2] ?? '', 16);
}

function isMetadata(address: number): boolean {
  // 169.254.169.254 and 169.254.170.2, 100.100.100.200, 192.0.0.192.
  return [0xa9fea9fe, 0xa9feaa02, 0x646464c8, 0xc00000c0].includes(address);
}

function isInner(address: number): boolean {
  const first = Math.floor(address / 0x1000000);
  if (first === 127 || first === 10 || first === 0) return true;
  const two = Math.floor(address / 0x10000);
  return two === 0xc0a8 || two === 0xa9fe || (two >= 0xac10 && two <= 0xac1f);
}
