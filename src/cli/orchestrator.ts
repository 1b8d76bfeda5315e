/** `secbeat orchestrator`: keeps the fleet, until a signal ends it. */
import { join } from 'node:path';
import { Command } from 'commander';
import { readListenAddress } from '../config/listen-address.ts';
import type { Config } from '../config/schema.ts';
import { createSystemClock } from '../core/clock.ts';
import { natsOptionsOf } from '../nats/nats-options.ts';
import { dnsOptions, regionMap } from '../orchestrator/dns/dns-options.ts';
import { OrchestratorStartError, type RunningOrchestrator, startOrchestrator } from '../orchestrator/main.ts';
import type { OrchestratorOptions } from '../orchestrator/options.ts';
import { CONFIG_FLAG, CONFIG_HELP, readConfiguration } from './configuration.ts';
import { EXIT_COULD_NOT_RUN, EXIT_DONE } from './exit-codes.ts';
import { createLogger, type LogWriter } from './log-writer.ts';
import { scalingOptions } from './scaling-options.ts';
import { readVersion } from './version.ts';

/** The command for the program. */
export function orchestratorCommand(): Command {
  return new Command('orchestrator')
    .description('run the orchestrator: the fleet of nodes and its API')
    .option(CONFIG_FLAG, CONFIG_HELP)
    .action(async (flags: { readonly config?: string }) => {
      const config = readConfiguration(flags.config);
      if (config !== null) process.exitCode = await runOrchestrator(config);
    });
}

/** What the configuration says about the orchestrator. */
function orchestratorOptions({ fleet, dns, nats, orchestrator, state }: Config): OrchestratorOptions {
  return {
    listen: readListenAddress(fleet.listen_addr),
    metricsListen: readListenAddress(fleet.metrics_addr),
    heartbeatIntervalSeconds: fleet.heartbeat_interval,
    // The time that nodes give a heartbeat; it is the same file on both sides, or should be.
    heartbeatTimeoutSeconds: orchestrator.heartbeat.timeout,
    maxMissed: fleet.max_missed,
    deadNodeCheckIntervalSeconds: fleet.dead_node_check_interval,
    store: { kind: 'sqlite', path: join(state.dir, 'orchestrator.db') },
    nats: natsOptionsOf({ nats }),
    rollout: fleet.rollout,
    scaling: scalingOptions(fleet),
    tokens: fleet.token === undefined ? [] : [fleet.token],
    tls: fleet.tls.enabled ? { names: fleet.tls.names } : null,
    dns: dnsOptions({ dns }),
    balance: {
      returnMs: dns.return_seconds * 1000,
      probe: dns.enabled && dns.probe,
      regions: regionMap({ dns }),
    },
  };
}

async function runOrchestrator(config: Config): Promise<number> {
  const { level, json_format, file_path } = config.logging;
  const log = createLogger({
    level,
    json: json_format,
    filePath: file_path ?? null,
    component: 'orchestrator',
  });
  const stopped = Promise.withResolvers<NodeJS.Signals>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stopped.resolve);
  process.on('SIGHUP', () => log.reopen());
  const running = await start(config, log);
  if (running === null) return EXIT_COULD_NOT_RUN;
  const { url, metricsAddress } = running;
  const metrics = metricsAddress === null ? null : `${metricsAddress.host}:${metricsAddress.port}`;
  log.info('Orchestrator is listening', { address: url, metrics });
  const reason = await stopped.promise;
  log.info('Orchestrator is ending', { reason });
  await running.close();
  await log.flush();
  return EXIT_DONE;
}

/** Null once it is said why it cannot run. */
async function start(config: Config, logger: LogWriter): Promise<RunningOrchestrator | null> {
  try {
    const deps = { clock: createSystemClock(), logger, version: readVersion() };
    return await startOrchestrator(orchestratorOptions(config), deps);
  } catch (error) {
    if (!(error instanceof OrchestratorStartError)) throw error;
    process.stderr.write(`secbeat orchestrator: ${error.message}\n`);
    await logger.flush();
    return null;
  }
}
