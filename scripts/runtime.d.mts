/** The types of runtime.mjs, which is plain JavaScript because the launcher starts with it on Node.js 20. */
export interface Runtime {
  readonly name: 'bun' | 'node';
  readonly path: string;
  /** Options of the runtime that stand before the program. */
  readonly args: readonly string[];
  readonly version: string;
  /** What a person should know about this choice, or null. */
  readonly note: string | null;
}

export interface RuntimeOptions {
  /** The folder that holds package.json. */
  readonly root?: string;
  /** The environment to read SECBEAT_RUNTIME and PATH from. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export type RuntimeResult =
  | { readonly ok: true; readonly value: Runtime }
  | { readonly ok: false; readonly fault: string };

export const NODE_MAJOR: number;
export const ROOT: string;

export function findRuntime(options?: RuntimeOptions): RuntimeResult;
export function findBun(root?: string, env?: RuntimeOptions['env']): Runtime | null;
export function findNode(root?: string, env?: RuntimeOptions['env']): Runtime | null;
export function testNodePath(root?: string): string;
export function asNode(path: string): Runtime | null;
export function pinnedBunVersion(root?: string): string;
export function usesMusl(): boolean;
