/** The mirror that a configuration asks for. */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { parseListenAddress } from '../../config/listen-address.ts';
import type { Config } from '../../config/schema.ts';
import { BanMirror, type BanMirrorOptions } from './ban-mirror.ts';
import { runNft } from './nft-process.ts';
import type { GuardedAddress } from './nft-script.ts';

type NodeParts = Pick<BanMirrorOptions, 'clock' | 'logger' | 'isExempt' | 'readBans'>;

/** Null where the kernel is not to be given bans. */
export function createBanMirror({ kernel, state }: Config, parts: NodeParts): BanMirror | null {
  if (!kernel.nftables) return null;
  return new BanMirror({
    ...parts,
    run: (script) => runNft(kernel.nft_path, script),
    table: tableName(state.dir),
    entriesMax: kernel.entries_max,
  });
}

/** Where clients come in: the listener, as it was opened, and the one that redirects to it. */
export function guardedAddresses({ network }: Config, listener: GuardedAddress): readonly GuardedAddress[] {
  const redirect = parseListenAddress(network.redirect_listen_addr ?? '');
  return redirect.ok && redirect.value.port !== 0 ? [listener, redirect.value] : [listener];
}

/** Two nodes of a machine never share a folder for state, and a node that starts again finds the table it left. */
function tableName(stateDir: string): string {
  return `secbeat_${createHash('sha256').update(resolve(stateDir)).digest('hex').slice(0, 12)}`;
}
