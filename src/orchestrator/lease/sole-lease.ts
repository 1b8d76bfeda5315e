/** The lease of the only orchestrator there is: the lock on its file keeps others away. */
import type { Lease } from './lease.ts';

export const soleLease: Lease = {
  held: true,
  fencingToken: 1,
  onChange: () => () => undefined,
  close: () => Promise.resolve(),
};
