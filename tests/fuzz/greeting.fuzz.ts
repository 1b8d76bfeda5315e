/**
 * Fuzzes what reads the first octets of a connection, ClientHellos, PROXY headers and the preface of HTTP/2, for as
 * long as the settings in program.ts say; see greeting-checks.ts for what is asked.
 */
import { PREFACE } from '../../src/http/http2/preface.ts';
import { mutate } from '../../src/http/testing/mutation.ts';
import { octets } from '../../src/http/testing/read.ts';
import { parseProxyHeader } from '../../src/mitigation/listen/proxy-header.ts';
import { drawCuts, drawMutations, drawOctets } from './draw.ts';
import { checkHello, checkPreface, checkProxyHeader, readHelloSlowly } from './greeting-checks.ts';
import { capturedHellos, drawHello, drawProxyHeader } from './greeting-draw.ts';
import { type FuzzTarget, fuzz } from './loop.ts';
import { runFuzzer } from './program.ts';

const CUTS_MAX = 8;
const CUTS_BELOW = 600;
const CAPTURED = capturedHellos();

const TARGETS: readonly FuzzTarget[] = [
  {
    name: 'ClientHello',
    draw: (random) => {
      const cuts = drawCuts(random, CUTS_MAX, CUTS_BELOW);
      return { text: drawHello(random, CAPTURED), check: (text) => checkHello(text, cuts) };
    },
    work: readHelloSlowly,
  },
  {
    name: 'PROXY header',
    draw: (random) => ({ text: drawProxyHeader(random), check: checkProxyHeader }),
    work: (text) => parseProxyHeader(octets(text)),
  },
  {
    name: 'preface',
    draw: (random) => {
      const text = String(PREFACE) + drawOctets(random, 10);
      return {
        text: mutate(
          text,
          drawMutations(random, 3, () => drawOctets(random, 4)),
        ),
        check: checkPreface,
      };
    },
    work: () => undefined,
  },
];

process.exitCode = await runFuzzer((options) => fuzz({ ...options, targets: TARGETS }));
