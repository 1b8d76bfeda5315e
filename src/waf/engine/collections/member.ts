/** Named values: of arguments, of header fields, of cookies. */

export interface Member {
  /** As received, decoded where the format decodes it. */
  readonly name: string;
  readonly value: string;
}

export const NO_MEMBERS: readonly Member[] = [];

/** The names of members as values of their own, as `ARGS_NAMES` has them. */
export function namesOf(members: readonly Member[]): readonly Member[] {
  return members.length === 0 ? NO_MEMBERS : members.map(({ name }) => ({ name, value: name }));
}
