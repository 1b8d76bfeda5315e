/**
 * Fuzzes what looks up policy by the texts of others, list files, hosts, paths and what limits count by, for as long as
 * the settings in program.ts say; see policy-checks.ts for what is asked.
 */

import { coarsePath } from '../../src/mitigation/limits/coarse-path.ts';
import type { ListFormat } from '../../src/mitigation/lists/list-line.ts';
import { parseList } from '../../src/mitigation/lists/parse-list.ts';
import { pick } from './draw.ts';
import { checkKeys, drawKeys, makeKeys } from './limit-keys.ts';
import { type FuzzTarget, fuzz } from './loop.ts';
import { checkCoarse, checkList, checkSite, checkSpelling } from './policy-checks.ts';
import { drawHost, drawList, drawPlainPath, drawTarget, respell } from './policy-draw.ts';
import { runFuzzer } from './program.ts';

const FORMATS: readonly ListFormat[] = ['plain', 'csv', 'ipset'];
/** A path of so many octets is longer than any target. */
const LONG_PATH = 20_000;

const TARGETS: readonly FuzzTarget[] = [
  {
    name: 'list',
    draw: (random) => {
      const format = pick(random, FORMATS);
      return { text: drawList(random, format), check: (text) => checkList(text, format) };
    },
    work: (text) => parseList(text, { format: 'plain', entriesMax: 1e6, skipInvalid: true }),
  },
  {
    name: 'site',
    draw: (random) => {
      const host = drawHost(random);
      return { text: drawTarget(random), check: (text) => checkSite(host, text) };
    },
    work: (text) => checkSite('shop.test', text.repeat(10)),
  },
  {
    name: 'spelling of a path',
    draw: (random) => {
      const plain = drawPlainPath(random);
      return { text: respell(random, plain), check: (text) => checkSpelling(plain, text) };
    },
    work: (text) => coarsePath(text),
  },
  {
    name: 'coarse path',
    draw: (random) => ({ text: drawTarget(random), check: checkCoarse }),
    work: (text) => text !== '' && coarsePath(`/${text.repeat(Math.ceil(LONG_PATH / text.length))}`),
  },
  {
    name: 'key of a limit',
    draw: (random) => {
      const options = drawKeys(random);
      return { text: options.text, check: (text) => checkKeys(text, options) };
    },
    work: makeKeys,
  },
];

process.exitCode = await runFuzzer((options) => fuzz({ ...options, targets: TARGETS }));
