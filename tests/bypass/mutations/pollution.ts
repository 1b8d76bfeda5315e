/** One name for several arguments: origins take the first, the last, a list, or join them (by a comma in ASP.NET). */
import { ARGUMENT, escapeText } from '../attack.ts';
import { carriage, MARKUP, type Mutation, SQL } from '../mutation.ts';
import { get, type Request } from '../request.ts';

export const pollution: readonly Mutation[] = [
  carriage('pollution-first', (payload) => query([payload, 'x'])),
  carriage('pollution-last', (payload) => query(['x', payload])),
  carriage('pollution-array', (payload) => get(`/get?${ARGUMENT}[]=x&${ARGUMENT}[]=${escapeText(payload)}`)),
  carriage('pollution-encoded-name', (payload) => get(`/get?%63omment=${escapeText(payload)}`)),
  // The comma between the halves is part of a comment.
  split('pollution-split-sql', SQL, / +/),
  split('pollution-split-script', MARKUP, /(?<=<script[^>]*>)/i),
];

function split(name: string, families: readonly string[], seam: RegExp): Mutation {
  return {
    name,
    apply({ family, place, payload }) {
      if (place !== 'argument' || !families.includes(family)) return null;
      const found = seam.exec(payload);
      if (found === null) return null;
      const end = found.index + found[0].length;
      return query([`${payload.slice(0, found.index)}/*`, `*/${payload.slice(end)}`]);
    },
  };
}

function query(values: readonly string[]): Request {
  return get(`/get?${values.map((value) => `${ARGUMENT}=${escapeText(value)}`).join('&')}`);
}
