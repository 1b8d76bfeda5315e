/**
 * A way to write an attack differently so that it stays one for some origin. Three kinds: the text itself is rewritten
 * in its own language; the text is encoded as origins decode; the text is carried in another part of a request.
 */
import { type Attack, type Place, pathOf, requestWith, requestWithArgument } from './attack.ts';
import { get, type Request } from './request.ts';

export interface Mutation {
  /** In kebab case, for tables and the list of reasons. */
  readonly name: string;
  /** Null where it does not apply: another language, another place, nothing to change. */
  apply(attack: Attack): Request | null;
}

/** Families of rules by the language of what they look for. */
export const MARKUP = ['941'];
export const SQL = ['942'];
export const COMMANDS = ['932'];
export const FILES = ['930'];
export const PHP = ['933'];

/**
 * The text rewritten; it stays where it is.
 *
 * @param families whose language it is
 */
export function rewriting(
  name: string,
  families: readonly string[],
  rewrite: (payload: string) => string | null,
): Mutation {
  return {
    name,
    apply(attack) {
      if (!families.includes(attack.family)) return null;
      const rewritten = rewrite(attack.payload);
      return rewritten === null || rewritten === attack.payload ? null : requestWith(attack, rewritten);
    },
  };
}

/** The text encoded for origins that decode the value of an argument, or a path. */
export function encoding(name: string, encode: (payload: string) => string | null): Mutation {
  return {
    name,
    apply({ place, payload }) {
      if (place !== 'argument' && place !== 'path') return null;
      if (place === 'path') return encodedPath(payload, encode);
      const encoded = encode(payload);
      return encoded === null ? null : requestWithArgument(encoded);
    },
  };
}

/** Segment by segment: the separators of a path stay. */
function encodedPath(path: string, encode: (payload: string) => string | null): Request | null {
  const segments = path.split('/').map((segment) => encode(segment) ?? pathOf(segment).slice(1));
  const target = segments.join('/');
  return get(target.startsWith('/') ? target : `/${target}`);
}

/** The text in another part of a request; what was an argument stays one to the origin. */
export function carriage(name: string, build: (payload: string) => Request | null): Mutation {
  return carriageFrom(name, ['argument'], build);
}

export function carriageFrom(
  name: string,
  places: readonly Place[],
  build: (payload: string) => Request | null,
): Mutation {
  return { name, apply: ({ place, payload }) => (places.includes(place) ? build(payload) : null) };
}
