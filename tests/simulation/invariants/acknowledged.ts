/** What somebody was told is decided stands in the ledger, at its number and as it was wanted. */
import type { World } from '../world.ts';

export function checkAcknowledged({ disk, chronicle }: World): void {
  const texts = disk.entries.map(({ body }) => JSON.stringify(body));
  for (const { seq, holds } of chronicle.acknowledged) {
    if (seq === null) {
      const found = texts.some((text) => holds.every((part) => text.includes(part)));
      if (!found) chronicle.violate(`what was acknowledged is lost: ${holds.join(', ')}`);
      continue;
    }
    const entry = texts[seq - 1] ?? 'missing';
    if (holds.some((part) => !entry.includes(part))) {
      chronicle.violate(`entry ${seq} was acknowledged with ${holds.join(', ')}, but it is ${entry}`);
    }
  }
  const banned = new Set(disk.entries.map(({ body }) => (body.kind === 'ban_set' ? body.target : '')));
  for (const target of chronicle.reported) {
    if (!banned.has(target)) chronicle.violate(`the report of ${target} was acknowledged and is lost`);
  }
  for (const [index, { seq }] of disk.entries.entries()) {
    if (seq !== index + 1) chronicle.violate(`entry ${seq} of the ledger stands at ${index + 1}`);
  }
}
