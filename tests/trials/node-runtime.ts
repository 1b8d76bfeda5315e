/** What the node of a trial runs on, which need not be what the trial runs on. */
// biome-ignore lint/correctness/useImportExtensions: plain JavaScript, with its types in a file beside it
import { findRuntime, type Runtime } from '../../scripts/runtime.mjs';

export type NodeRuntime = Runtime;

/** The runtime of that name, or what to do where there is none. */
export function findNodeRuntime(name: 'bun' | 'node'): ReturnType<typeof findRuntime> {
  return findRuntime({ env: { ...process.env, SECBEAT_RUNTIME: name } });
}
