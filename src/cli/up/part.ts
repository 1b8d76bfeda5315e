/** What `secbeat up` runs: one part is one child process, with the addresses it takes and a way to see it ready. */

export type PartName = 'orchestrator' | 'origin' | 'node' | `node-${number}`;

export interface Part {
  readonly name: PartName;
  /** Arguments of the command line that start this part. */
  readonly args: readonly string[];
  /** Settings of this part alone, over those of the environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Addresses that the part listens on. */
  readonly addresses: readonly PartAddress[];
  readonly ready: ReadinessProbe;
  /** How long the part may take to end once it was asked to. */
  readonly stopTimeoutMs: number;
}

export interface PartAddress {
  readonly host: string;
  readonly port: number;
  /** The configuration key that sets it. */
  readonly key: string;
}

export type ReadinessProbe =
  | { readonly kind: 'http'; readonly url: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

export function isNode(name: PartName): boolean {
  return name === 'node' || name.startsWith('node-');
}

/** The address that a client on this machine uses to reach a listener on `host`. */
export function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}
