/** The listener of the management API. */
import { type HttpListener, openHttpListener } from '../telemetry/http-listener.ts';
import { createManagementApp, type ManagementAppOptions } from './management-app.ts';

export interface ManagementServerOptions extends ManagementAppOptions {
  /** 0 lets the system choose. */
  readonly port: number;
}

export interface ManagementServer {
  /** Opens the listener; rejects where the address cannot be bound. */
  start(): Promise<HttpListener>;
}

export function createManagementServer(options: ManagementServerOptions): ManagementServer {
  const app = createManagementApp(options);
  return {
    start: () =>
      openHttpListener({
        host: options.listenHost,
        port: options.port,
        fetch: (request, bindings) => app.fetch(request, bindings),
      }),
  };
}
