/**
 * When a node makes itself a certificate: for a listener that only this machine reaches, and where a real one is to come
 * or stands beside it. A node that others reach would show every visitor a warning, so it does not start without one.
 */
import { isLoopbackHost, isWildcardHost, parseListenAddress } from '../config/listen-address.ts';
import type { Config } from '../config/schema.ts';
import { fail, ok, type Result } from '../core/result.ts';

/**
 * The names that a missing default certificate is made for: this machine, and the address that is listened on. The fault
 * says what to do where none is made.
 */
export function namesForMade({ network, acme }: Config): Result<readonly string[], string> {
  const { cert_path: certPath, key_path: keyPath, certificates } = network.tls;
  const listen = parseListenAddress(network.listen_addr);
  const host = listen.ok ? listen.value.host : '';
  if (!isLoopbackHost(host) && !acme.enabled && certificates.length === 0) {
    return fail(
      `${certPath} and ${keyPath} do not exist, and ${network.listen_addr} is not for this machine alone: ` +
        'put your certificate there, let [acme] get one, or listen on 127.0.0.1, where one is made',
    );
  }
  const names = new Set(['localhost', '127.0.0.1', '::1']);
  if (listen.ok && !isWildcardHost(host)) names.add(host);
  return ok([...names]);
}
