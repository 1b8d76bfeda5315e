/** The audit log on disk: appended to for ever, rotated by whoever rotates the machine's other logs. */
import { AppendLog } from './append-log.ts';

const PENDING_BYTES_MAX = 8 << 20;

export function openAuditLog(path: string, onFault: (message: string) => void): AppendLog {
  return new AppendLog({
    path,
    fileBytesMax: null,
    filesKept: 0,
    pendingBytesMax: PENDING_BYTES_MAX,
    onFault,
  });
}
