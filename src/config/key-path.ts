/** Key paths as people read them: `ddos.blacklist.whitelist[2]`, odd names in quotes. */
import { quote } from './fault.ts';

const BARE_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** `parent.name`, or the name alone at the top. */
export function joinPath(parent: string, name: string): string {
  const shown = BARE_NAME.test(name) ? name : quote(name);
  return parent === '' ? shown : `${parent}.${shown}`;
}

/** The path of one entry of a list. */
export function entryPath(list: string, index: number): string {
  return `${list}[${index}]`;
}

/** The path of the key that a list's entry, or a key within it, belongs to; any other path stays as it is. */
export function keyOf(path: string): string {
  return path.replace(/\[[0-9]+\].*$/s, '');
}

/** One level up; null at the top. */
export function parentOf(path: string): string | null {
  const list = path.replace(/(\[[0-9]+\])+$/, '');
  if (list !== path) return list;
  const dot = path.lastIndexOf('.');
  return dot < 0 ? null : path.slice(0, dot);
}
