/**
 * An ACME manager with what a node would put around it: an HTTP and a TLS server that answer challenges, a clock that
 * can be advanced, and lists of what the manager has said. It gets its certificates from `pebble.ts`.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  connect,
  createSecureContext,
  createServer as createTlsServer,
  type Server as TlsServer,
} from 'node:tls';
import { type Config, configSchema } from '../../src/config/schema.ts';
import { type Clock, createSystemClock } from '../../src/core/clock.ts';
import type { LogFields, Logger } from '../../src/core/logger.ts';
import type { AcmeHost } from '../../src/mitigation/acme/acme-host.ts';
import { AcmeManager } from '../../src/mitigation/acme/acme-manager.ts';
import type { ChallengePair, ChallengeToken } from '../../src/mitigation/listen/challenges.ts';
import { OWN_HOST } from './node-config.ts';

const DAY_MS = 86_400_000;

export interface UsedCertificate {
  readonly name: string;
  readonly certPath: string;
  readonly keyPath: string;
}

export class AcmeStand {
  manager: AcmeManager;
  /** Where keys and certificates go; another one after each `reset`. */
  folder = '';
  /** Certificates that were handed over, in their order. */
  used: UsedCertificate[] = [];
  /** Lines about what went wrong. */
  faults: string[] = [];
  /** Whether challenges are answered. */
  answering = true;
  readonly #root: string;
  readonly #http: HttpServer;
  readonly #tls: TlsServer;
  readonly #clock: Clock;
  #tokens: readonly ChallengeToken[] = [];
  #certificates: readonly ChallengePair[] = [];
  #advancedMs = 0;
  #resets = 0;
  #managerOptions: { readonly attemptMaxMs?: number } = {};

  private constructor(root: string) {
    this.#root = root;
    const system = createSystemClock();
    this.#clock = {
      nowMs: () => system.nowMs() + this.#advancedMs,
      wallMs: () => system.wallMs() + this.#advancedMs,
    };
    this.#http = createHttpServer((request, response) => {
      const found = this.#tokens.find(([token]) => request.url === `/.well-known/acme-challenge/${token}`);
      const answer = this.answering ? found?.[1] : undefined;
      response.writeHead(answer === undefined ? 404 : 200).end(answer);
    });
    this.#tls = createTlsServer({
      ALPNProtocols: ['acme-tls/1'],
      SNICallback: (serverName, done) => {
        const entry = this.#certificates.find(([name]) => name === serverName);
        if (entry === undefined) return done(new Error('no challenge for this name'));
        return done(null, createSecureContext({ cert: entry[1], key: entry[2] }));
      },
    });
    this.#tls.on('tlsClientError', () => undefined);
    this.manager = this.#createManager();
  }

  /** `root` is where its folders go. */
  static async open(root: string): Promise<AcmeStand> {
    const stand = new AcmeStand(root);
    await new Promise<void>((resolve) => stand.#http.listen(0, OWN_HOST, resolve));
    await new Promise<void>((resolve) => stand.#tls.listen(0, OWN_HOST, resolve));
    stand.reset();
    return stand;
  }

  get httpPort(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  get tlsPort(): number {
    return (this.#tls.address() as AddressInfo).port;
  }

  /** Challenges that would be answered now. */
  get open(): readonly string[] {
    return [...this.#tokens, ...this.#certificates].map(([key]) => key);
  }

  /** A section [acme] that is complete but for what `more` holds. */
  settings(more: object): Config['acme'] {
    return configSchema.parse({ acme: { enabled: true, terms_agreed: true, ...more } }).acme;
  }

  /** Forgets everything: a manager with an empty folder. */
  reset(options: { readonly attemptMaxMs?: number } = {}): void {
    this.#managerOptions = options;
    this.#resets += 1;
    this.folder = join(this.#root, `acme-${this.#resets}`);
    this.#advancedMs = 0;
    this.restart();
  }

  /** A new manager with the folder of the one before. */
  restart(): void {
    this.used = [];
    this.faults = [];
    this.manager = this.#createManager();
  }

  /** Lets the manager begin what is due, and waits until it is through. */
  async attempt(): Promise<void> {
    this.manager.tick();
    await this.manager.settled();
  }

  advanceMs(ms: number): void {
    this.#advancedMs += ms;
  }

  advanceDays(days: number): void {
    this.advanceMs(days * DAY_MS);
  }

  /** Serves the last certificate and connects to it as a browser does that trusts `rootPem` only. */
  async assertServes(name: string, rootPem: string): Promise<void> {
    const { certPath, keyPath } = this.used.at(-1)!;
    const server = createTlsServer({ cert: readFileSync(certPath), key: readFileSync(keyPath) });
    await new Promise<void>((resolve) => server.listen(0, OWN_HOST, resolve));
    const { port } = server.address() as AddressInfo;
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const socket = connect({ host: OWN_HOST, port, servername: name, ca: rootPem });
    socket.on('secureConnect', () => resolve(socket.authorized)).on('error', reject);
    try {
      assert.equal(await promise, true);
    } finally {
      socket.destroy();
      server.close();
    }
  }

  async close(): Promise<void> {
    await this.manager.stop();
    this.#http.closeAllConnections();
    this.#http.close();
    this.#tls.close();
  }

  #createManager(): AcmeManager {
    const { folder } = this;
    return new AcmeManager({
      host: this.#host(),
      folder,
      version: 'test',
      random: () => 0,
      ...this.#managerOptions,
    });
  }

  #host(): AcmeHost {
    const note = (message: string, fields: LogFields = {}) => {
      this.faults.push(`${message} ${JSON.stringify(fields)}`);
    };
    const nothing = () => undefined;
    const logger: Logger = { debug: nothing, info: nothing, warn: note, error: note, child: () => logger };
    return {
      announceTokens: (tokens) => {
        this.#tokens = tokens;
      },
      announceCertificates: (certificates) => {
        this.#certificates = certificates;
      },
      useCertificate: (name, certPath, keyPath) => {
        this.used.push({ name, certPath, keyPath });
      },
      logger,
      clock: this.#clock,
    };
  }
}
