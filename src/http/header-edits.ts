/**
 * Changes that an operator wants made to the fields of a message on its way through: names that are left out, and lines
 * that are written instead. Compiled once; a message costs a look-up for each of its lines, and none without edits.
 */

export interface HeaderEdits {
  /** Names whose lines are left out, in the form of `editedName`. */
  readonly dropped: ReadonlySet<string>;
  /** The lines that are written, each with its line end. */
  readonly lines: string;
  /** The same for protocols that write fields one by one; names in lower case. */
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

/** What the origin of a request gets besides what every proxy must say. */
export interface RequestRewrite {
  /** Host of requests that name none, and of all where the client's is not preserved. */
  readonly defaultHost: string;
  /** Whether the origin gets the Host that the client asked for. */
  readonly preserveHost: boolean;
  readonly requestEdits: HeaderEdits | null;
}

/**
 * A name as edits are looked up by. Origins that make variables of names read an underscore as a hyphen, so a client
 * must not bring the one past an edit of the other.
 */
export function editedName(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}
