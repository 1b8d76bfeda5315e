/**
 * Where values come from that rules decide on one by one, each kind once: a value of the query is a value of ARGS and
 * of ARGS_GET, but it is looked at once.
 */
import { findCollection } from './catalogue.ts';
import type { Collection, KnownFrom } from './collection.ts';
import type { Message } from './message.ts';

/** Takes values one by one. */
export interface ValueSink {
  /** @param name of the member, as received; empty for a variable with one value */
  take(source: number, name: string, value: string): void;
}

export interface ValueSource {
  /** The variables that have these values. */
  readonly collections: readonly Collection[];
  /** The phase from whose beginning the values are there. */
  readonly from: KnownFrom;
  /** Hands all values to `sink`, under the number that it knows the source by. */
  visit(message: Message, source: number, sink: ValueSink): void;
}

/** Those that share values with others, or that are read without making members of them. */
const SPECIAL: readonly ValueSource[] = [
  source(1, ['ARGS', 'ARGS_GET'], ({ queryArguments }, id, sink) => {
    for (const { name, value } of queryArguments) sink.take(id, name, value);
  }),
  source(1, ['ARGS_NAMES', 'ARGS_GET_NAMES'], ({ queryArguments }, id, sink) => {
    for (const { name } of queryArguments) sink.take(id, name, name);
  }),
  source(2, ['ARGS', 'ARGS_POST'], ({ bodyArguments }, id, sink) => {
    for (const { name, value } of bodyArguments) sink.take(id, name, value);
  }),
  source(2, ['ARGS_NAMES', 'ARGS_POST_NAMES'], ({ bodyArguments }, id, sink) => {
    for (const { name } of bodyArguments) sink.take(id, name, name);
  }),
  source(1, ['REQUEST_HEADERS'], ({ request }, id, sink) => {
    for (let index = 0; index < request.headerCount; index += 1) {
      sink.take(id, request.headerName(index), request.headerValue(index));
    }
  }),
  source(1, ['REQUEST_HEADERS_NAMES'], ({ request }, id, sink) => {
    for (let index = 0; index < request.headerCount; index += 1) {
      const name = request.headerName(index);
      sink.take(id, name, name);
    }
  }),
  // All but targets in absolute form are the same in both, and are looked at once.
  source(1, ['REQUEST_URI', 'REQUEST_URI_RAW'], ({ request, target }, id, sink) => {
    if (target.uri === request.target) sink.take(id, '', target.uri);
  }),
  source(1, ['REQUEST_URI'], ({ request, target }, id, sink) => {
    if (target.uri !== request.target) sink.take(id, '', target.uri);
  }),
  source(1, ['REQUEST_URI_RAW'], ({ request, target }, id, sink) => {
    if (target.uri !== request.target) sink.take(id, '', request.target);
  }),
  source(1, ['REQUEST_COOKIES_NAMES'], ({ cookies }, id, sink) => {
    for (const { name } of cookies) sink.take(id, name, name);
  }),
];

/** All sources that have values of these variables. */
export function sourcesOf(collections: ReadonlySet<Collection>): readonly ValueSource[] {
  const special = SPECIAL.filter((candidate) => candidate.collections.some((one) => collections.has(one)));
  const covered = new Set(special.flatMap((candidate) => candidate.collections));
  const others = [...collections].filter((collection) => !covered.has(collection)).map(plainSource);
  return [...special, ...others.filter((candidate) => candidate !== null)];
}

/**
 * Whether a rule about this variable alone is decided by single values that are the same whenever one looks. A
 * variable with one value has an empty one before its time.
 */
export function isScreenable(collection: Collection, phase: number): boolean {
  if (collection.kind === 'scalar') return !collection.volatile && collection.from <= phase;
  return collection.kind === 'members';
}

function plainSource(collection: Collection): ValueSource | null {
  if (collection.kind === 'scalar') {
    const { from, read } = collection;
    return {
      collections: [collection],
      from,
      visit: (message, id, sink) => sink.take(id, '', read(message)),
    };
  }
  if (collection.kind !== 'members') return null;
  const { from, read } = collection;
  const visit: ValueSource['visit'] = (message, id, sink) => {
    for (const { name, value } of read(message)) sink.take(id, name, value);
  };
  return { collections: [collection], from, visit };
}

function source(from: KnownFrom, names: readonly string[], visit: ValueSource['visit']): ValueSource {
  const collections = names.map((name) => findCollection(name)).filter((found) => found !== null);
  return { collections, from, visit };
}
