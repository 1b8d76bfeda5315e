/**
 * The node's table of nftables as text for `nft -f -`.
 *
 * One set for each family and prefix length, and one rule for each set, which masks the sender's address:
 *
 *     ip saddr @v4_32 drop        ip saddr & 255.255.255.0 @v4_24 drop        ip6 saddr & ffff:ffff:ffff:ffff:: @v6_64 drop
 *
 * So every element is one key of a hash table: elements never overlap, and adding one does not mean reading all, as
 * sets of intervals do. Elements end by themselves. The rules stand in front of connection tracking, for packets to the
 * listening address only, and once more behind address translation, where a port may have been redirected.
 */
import {
  formatAddress,
  IPV4_OFFSET,
  isIpv4,
  maskWords,
  type Prefix,
  parseAddressInto,
} from '../../core/ip.ts';

/** Where the node listens. */
export interface GuardedAddress {
  readonly host: string;
  readonly port: number;
}

/** A ban as the kernel is to know it; 0 milliseconds take it out. */
export interface KernelBan {
  readonly prefix: Prefix;
  readonly remainingMs: number;
}

/** Elements in one command. */
const ELEMENTS_PER_COMMAND = 1000;
const KEY_BITS = 128;

/** Makes the table anew, in one transaction: at no moment are there fewer bans than before. */
export function tableScript(table: string, guarded: readonly GuardedAddress[]): string {
  return [
    removalScript(table),
    `add table inet ${table}`,
    `add chain inet ${table} banned`,
    `add chain inet ${table} early { type filter hook prerouting priority raw; policy accept; }`,
    `add chain inet ${table} late { type filter hook input priority raw; policy accept; }`,
    ...guarded.flatMap(({ host, port }) => {
      const guard = `${destination(host)}meta l4proto { tcp, udp } th dport ${port} jump banned`;
      return [`add rule inet ${table} early ${guard}`, `add rule inet ${table} late ${guard}`];
    }),
    '',
  ].join('\n');
}

/** Removes the table whether or not there is one. */
export function removalScript(table: string): string {
  return `add table inet ${table}\ndelete table inet ${table}\n`;
}

/** Makes a set and its rule. */
export function setScript(table: string, set: string, { words, bits }: Prefix): string {
  const family = isIpv4(words) ? 'ip' : 'ip6';
  const mask = bits === KEY_BITS ? '' : ` & ${maskText(words, bits)}`;
  const type = isIpv4(words) ? 'ipv4_addr' : 'ipv6_addr';
  return (
    `add set inet ${table} ${set} { type ${type}; flags timeout; }\n` +
    `add rule inet ${table} banned ${family} saddr${mask} @${set} drop\n`
  );
}

/** The set that a prefix belongs to. */
export function setName({ words, bits }: Prefix): string {
  return isIpv4(words) ? `v4_${bits - IPV4_OFFSET}` : `v6_${bits}`;
}

/**
 * Brings elements of one set up to date. In a set that is not new, each is added first, which changes nothing where it
 * is there already, then deleted, which cannot fail then: an element in the kernel would keep its old time.
 */
export function elementsScript(
  table: string,
  set: string,
  bans: readonly KernelBan[],
  isNew: boolean,
): string {
  let script = '';
  for (let at = 0; at < bans.length; at += ELEMENTS_PER_COMMAND) {
    const some = bans.slice(at, at + ELEMENTS_PER_COMMAND);
    if (!isNew) {
      const keys = some.map(({ prefix }) => formatAddress(prefix.words)).join(', ');
      script += `add element inet ${table} ${set} { ${keys} }\ndelete element inet ${table} ${set} { ${keys} }\n`;
    }
    const timed = some.filter(({ remainingMs }) => remainingMs > 0).map(timedElement);
    if (timed.length > 0) script += `add element inet ${table} ${set} { ${timed.join(', ')} }\n`;
  }
  return script;
}

function timedElement({ prefix, remainingMs }: KernelBan): string {
  return `${formatAddress(prefix.words)} timeout ${Math.ceil(remainingMs)}ms`;
}

/** A mask as an address of the family. */
function maskText(words: Int32Array, bits: number): string {
  const mask = isIpv4(words) ? Int32Array.of(0, 0, 0xffff, -1) : Int32Array.of(-1, -1, -1, -1);
  maskWords(mask, bits);
  return formatAddress(mask);
}

/** Only packets to an address that is listened on; names and wildcards stand for any. */
function destination(host: string): string {
  const words = new Int32Array(4);
  if (!parseAddressInto(host, words)) return '';
  if (isIpv4(words)) return words[3] === 0 ? '' : `ip daddr ${formatAddress(words)} `;
  return words.every((word) => word === 0) ? '' : `ip6 daddr ${formatAddress(words)} `;
}
