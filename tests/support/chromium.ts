/** A browser without a window: loads one page and gives back what the page has become. */
import { execFile } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const PLACES: readonly string[] = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const LOAD_MS = 45_000;

export interface PageOptions {
  /** File of the certificate that the browser is to trust. */
  readonly certPath: string;
  /** Whether to speak HTTP/3 from the first connection on, and nothing else. */
  readonly http3: boolean;
}

/** For the option `skip`: false where there is a browser, else the reason. */
export function skipWithoutChromium(): string | false {
  return findChromium() === null ? 'no chromium on this machine' : false;
}

/** The document at `url`, after its `load` event. */
export async function loadPage(url: string, { certPath, http3 }: PageOptions): Promise<string> {
  const profile = mkdtempSync(join(tmpdir(), 'secbeat-chromium-'));
  const args = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    `--user-data-dir=${profile}`,
    `--ignore-certificate-errors-spki-list=${keyDigest(certPath)}`,
    ...(http3 ? ['--enable-quic', `--origin-to-force-quic-on=${new URL(url).host}`] : ['--disable-quic']),
    '--dump-dom',
    url,
  ];
  try {
    const { stdout } = await run(findChromium() ?? 'chromium', args, {
      timeout: LOAD_MS,
      killSignal: 'SIGKILL',
    });
    return stdout;
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

function findChromium(): string | null {
  return PLACES.find((path) => existsSync(path)) ?? null;
}

/** What the browser knows a key by. */
function keyDigest(certPath: string): string {
  const key = new X509Certificate(readFileSync(certPath)).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}
