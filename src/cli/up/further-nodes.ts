/**
 * The second and further nodes of `secbeat up --nodes N`: the same configuration but for what two processes of one
 * machine cannot share. Traffic is one port further for each node, management one lower, metrics a hundred further.
 */
import { formatListenAddress, readListenAddress } from '../../config/listen-address.ts';
import type { Config } from '../../config/schema.ts';
import { fail, ok, type Result } from '../../core/result.ts';

export const NODES_MAX = 16;

const TRAFFIC_STEP = 1;
const MANAGEMENT_STEP = -1;
const METRICS_STEP = 100;
const PORT_MAX = 65_535;

/** What one more node has of its own. */
export interface FurtherNode {
  /** Environment variables that set it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly traffic: string;
  readonly management: string;
  readonly metrics: string;
}

/** Settings of the node with this number, from 2 on; the fault says what of the configuration stands in its way. */
export function furtherNode(config: Config, number: number): Result<FurtherNode, string> {
  const obstacle = obstacleOf(config);
  if (obstacle !== null) return fail(`--nodes: ${obstacle}`);
  const traffic = moved(config.network.listen_addr, TRAFFIC_STEP * (number - 1));
  const management = moved(config.management.listen_addr, MANAGEMENT_STEP * (number - 1));
  const metrics = moved(config.metrics.listen_addr, METRICS_STEP * (number - 1));
  if (traffic === null || management === null || metrics === null) {
    return fail(`--nodes: there is no port for node ${number}; choose other listen_addr keys or fewer nodes`);
  }
  const environment = {
    SECBEAT__NETWORK__LISTEN_ADDR: traffic,
    SECBEAT__NETWORK__TLS__TLS_PORT: String(readListenAddress(traffic).port),
    SECBEAT__MANAGEMENT__LISTEN_ADDR: management,
    SECBEAT__METRICS__LISTEN_ADDR: metrics,
    SECBEAT__STATE__DIR: `${config.state.dir}/node-${number}`,
  };
  return ok({ environment, traffic, management, metrics });
}

/** What belongs to one node alone and cannot be told apart by numbers. */
function obstacleOf({ orchestrator, network, acme, kernel, http3, logging }: Config): string | null {
  if (!orchestrator.enabled) return 'orchestrator.enabled is false, so there is no fleet';
  if (orchestrator.node_id !== undefined) return 'orchestrator.node_id is set, and each node needs its own';
  if (network.redirect_listen_addr !== undefined)
    return 'network.redirect_listen_addr can be listened on once';
  if (http3.enabled && http3.port !== undefined) return 'http3.port can be listened on once';
  if (acme.enabled) return 'acme.enabled is true, and each node would order the same certificates';
  if (kernel.nftables) return 'kernel.nftables is true, and the nodes would share one table';
  if (logging.file_path !== undefined) return 'logging.file_path is one file for all nodes';
  return null;
}

/** The address with its port further by `step`; null where there is no such port. */
function moved(address: string, step: number): string | null {
  const { host, port } = readListenAddress(address);
  const next = port === 0 ? 0 : port + step;
  return next < 0 || next > PORT_MAX || (port !== 0 && next === 0)
    ? null
    : formatListenAddress({ host: host, port: next });
}
