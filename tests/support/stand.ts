/**
 * A test stand: an origin that records, a node in front of it, and the clients that a test opens. Closing it ends
 * all of them and fails where something was left over.
 *
 * Start here to read or write an end-to-end test. A stand is made of `node-process.ts` (the node with its log,
 * metrics and management), `scripted-origin.ts`, and `wire.ts` (a connection, octet by octet) with `messages.ts`.
 * Beside it stand `steady-client.ts` (load at a fixed rate), `flood.ts` (as much as can be),
 * `held-request.ts`, `orchestrator-process.ts`, and `until.ts` in place of sleeping.
 */
import { type Response, readResponse, requestText } from './messages.ts';
import { baseSettings, overlay, type Settings } from './node-config.ts';
import { createFolder, NodeProcess, removeFolder } from './node-process.ts';
import { ScriptedOrigin } from './scripted-origin.ts';
import { Wire, type WireTarget } from './wire.ts';

export interface StandOptions {
  /** Laid over the settings that all nodes under test have in common. */
  readonly settings?: Settings;
  readonly workers?: number;
  /** Arguments of the runtime, in front of the program. */
  readonly runtimeArguments?: readonly string[];
}

export interface ClientOptions {
  /** Local address: who the client is to the node. */
  readonly from?: string;
  readonly fromPort?: number;
  /** Address of the node to connect to. */
  readonly to?: string;
}

export class Stand {
  readonly origin: ScriptedOrigin;
  node: NodeProcess;
  readonly #wires: Wire[] = [];
  readonly #secure: boolean;

  private constructor(origin: ScriptedOrigin, node: NodeProcess, secure: boolean) {
    this.origin = origin;
    this.node = node;
    this.#secure = secure;
  }

  static async open(options: StandOptions = {}): Promise<Stand> {
    const origin = await ScriptedOrigin.start();
    const folder = createFolder();
    const base = await baseSettings(folder, origin.port, options.workers ?? 2);
    const settings = overlay(base, options.settings ?? {});
    const network = settings.network as { readonly tls: { readonly enabled?: boolean } };
    try {
      const node = await NodeProcess.start(folder, settings, options.runtimeArguments);
      return new Stand(origin, node, network.tls.enabled !== false);
    } catch (error) {
      await origin.close();
      removeFolder(folder);
      throw error;
    }
  }

  /** Connects as a client does, with TLS where the node speaks it. */
  async connect(options: ClientOptions = {}): Promise<Wire> {
    return this.#keep(
      await (this.#secure ? Wire.tls(this.#target(options)) : Wire.tcp(this.#target(options))),
    );
  }

  /** Connects by TCP and says nothing. */
  async tcp(options: ClientOptions = {}): Promise<Wire> {
    return this.#keep(await Wire.tcp(this.#target(options)));
  }

  /** One request on a connection of its own. */
  async request(
    method = 'GET',
    target = '/',
    fields: Readonly<Record<string, string>> = {},
    body = '',
    options: ClientOptions = {},
  ): Promise<Response> {
    return await this.exchange(
      requestText(method, target, { Connection: 'close', ...fields }, body),
      options,
      method,
    );
  }

  /** Whether a client is answered with 200, rather than refused or cut off. */
  async serves(options: ClientOptions = {}): Promise<boolean> {
    return await this.request('GET', '/', {}, '', options).then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  /** Octets on a connection of their own, and the first response to them. */
  async exchange(octets: string, options: ClientOptions = {}, method = 'GET'): Promise<Response> {
    const wire = await this.connect(options);
    try {
      wire.write(octets);
      return await readResponse(wire, method);
    } finally {
      wire.close();
    }
  }

  /** Waits until the node holds no client connection. */
  async untilQuiet(): Promise<void> {
    await this.node.untilMetric('secbeat_connections_active', {}, (value) => value === 0);
  }

  /** Ends the node, in whatever way, and starts it again with the same files and settings. */
  async restart(end: 'stop' | 'kill'): Promise<void> {
    if (end === 'stop') await this.node.stop();
    else await this.node.kill();
    this.node = await NodeProcess.start(this.node.folder, this.node.settings);
  }

  /** Ends clients, node and origin, in this order. */
  async close(): Promise<void> {
    for (const wire of this.#wires) wire.close();
    try {
      await this.node.stop();
    } finally {
      removeFolder(this.node.folder);
      await this.origin.close();
    }
  }

  #target({ from, fromPort, to }: ClientOptions): WireTarget {
    return {
      host: to ?? '127.0.0.1',
      port: this.node.port,
      ...(from === undefined ? {} : { from }),
      ...(fromPort === undefined ? {} : { fromPort }),
    };
  }

  #keep(wire: Wire): Wire {
    this.#wires.push(wire);
    return wire;
  }
}
