/** All variables of the rule language that this engine reads, by name. */
import { BODY_SCALARS } from './body-scalars.ts';
import { CLOCK_SCALARS } from './clock-scalars.ts';
import type { Collection } from './collection.ts';
import { REQUEST_MEMBERS } from './request-members.ts';
import { REQUEST_SCALARS } from './request-scalars.ts';
import { RESPONSE_MEMBERS, RESPONSE_SCALARS } from './response-collections.ts';

const STATEFUL: readonly Collection[] = [
  { kind: 'variables', name: 'TX' },
  { kind: 'matched', name: 'MATCHED_VAR' },
  { kind: 'matched', name: 'MATCHED_VAR_NAME' },
  { kind: 'matched', name: 'MATCHED_VARS' },
  { kind: 'matched', name: 'MATCHED_VARS_NAMES' },
  { kind: 'matched', name: 'HIGHEST_SEVERITY' },
  { kind: 'rule', name: 'RULE' },
];

const COLLECTIONS: ReadonlyMap<string, Collection> = new Map(
  [
    ...REQUEST_SCALARS,
    ...REQUEST_MEMBERS,
    ...BODY_SCALARS,
    ...RESPONSE_SCALARS,
    ...RESPONSE_MEMBERS,
    ...CLOCK_SCALARS,
    ...STATEFUL,
  ].map((collection) => [collection.name, collection]),
);

/** @param name in upper case; of XML with its path: `XML:/*` */
export function findCollection(name: string): Collection | null {
  return COLLECTIONS.get(name) ?? null;
}
