/**
 * When a node makes itself a certificate: for a listener that only this machine reaches, and where a real one is to come
 * or stands beside it. A node that others reach would show every visitor a warning, so it does not start without one.
 */
import { isLoopbackHost, parseListenAddress } from '../config/listen-address.ts';
import type { Config } from '../config/schema.ts';

/** Whether a missing default certificate is made. */
export function mayMakeCertificate({ network, acme }: Config): boolean {
  const listen = parseListenAddress(network.listen_addr);
  const isLocal = listen.ok && isLoopbackHost(listen.value.host);
  return isLocal || acme.enabled || network.tls.certificates.length > 0;
}

/** What to do about a default certificate that is missing and not made. */
export function missingCertificate({ network }: Config): string {
  const { cert_path: certPath, key_path: keyPath } = network.tls;
  return (
    `${certPath} and ${keyPath} do not exist, and ${network.listen_addr} is not for this machine alone: ` +
    'put your certificate there, let [acme] get one, or listen on 127.0.0.1, where one is made'
  );
}
