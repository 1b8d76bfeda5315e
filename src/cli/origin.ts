/** `secbeat origin`: serves the test origin, a stand-in for the site behind the shield, until it is told to stop. */
import { Command, InvalidArgumentError } from 'commander';
import { type ListenAddress, parseListenAddress, readListenAddress } from '../config/listen-address.ts';
import { type OriginOptions, startOrigin } from '../origin/test-origin.ts';
import { CONFIG_FLAG, CONFIG_HELP, readConfiguration } from './configuration.ts';
import { EXIT_COULD_NOT_RUN, EXIT_DONE } from './exit-codes.ts';
import { createLogger, type LogWriter } from './log-writer.ts';
import { describeListenFault } from './up/taken-address.ts';

interface OriginFlags {
  readonly config?: string;
  readonly listen?: ListenAddress;
  readonly keepAlive?: boolean;
  readonly bodyBytes?: number;
}

const BODY_BYTES_MAX = 67_108_864;

export function originCommand(): Command {
  return new Command('origin')
    .description('serve a test page, as a stand-in for the site to protect')
    .option(CONFIG_FLAG, CONFIG_HELP)
    .option('--listen <address>', 'host:port instead of origin.listen_addr', toAddress)
    .option('--keep-alive', 'keep connections open, for measurements')
    .option(
      '--body-bytes <count>',
      'size of the body, for measurements; 0 serves the page as it is',
      toBodyBytes,
    )
    .action(async (flags: OriginFlags) => {
      process.exitCode = await runOrigin(flags);
    });
}

async function runOrigin(flags: OriginFlags): Promise<number> {
  const config = readConfiguration(flags.config);
  if (config === null) return EXIT_COULD_NOT_RUN;
  const address = flags.listen ?? readListenAddress(config.origin.listen_addr);
  const { level, json_format, file_path } = config.logging;
  const log = createLogger({ level, json: json_format, filePath: file_path ?? null, component: 'origin' });
  return await serve(log, {
    ...address,
    keepAlive: flags.keepAlive ?? config.origin.keep_alive,
    bodyBytes: flags.bodyBytes ?? config.origin.body_bytes,
  });
}

async function serve(log: LogWriter, options: OriginOptions & ListenAddress): Promise<number> {
  const stopped = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.resolve());
  try {
    const origin = await startOrigin(options);
    log.info('Test origin is listening', { url: `${origin.url}/` });
    await stopped.promise;
    await origin.close();
    await log.flush();
    return EXIT_DONE;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    console.error(`secbeat origin: ${describeListenFault(code, { ...options, key: 'origin.listen_addr' })}`);
    return EXIT_COULD_NOT_RUN;
  }
}

function toAddress(text: string): ListenAddress {
  const address = parseListenAddress(text);
  if (address.ok) return address.value;
  throw new InvalidArgumentError(`It ${address.fault.message}.`);
}

function toBodyBytes(text: string): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (count <= BODY_BYTES_MAX) return count;
  throw new InvalidArgumentError(`It must be a number from 0 to ${BODY_BYTES_MAX}.`);
}
