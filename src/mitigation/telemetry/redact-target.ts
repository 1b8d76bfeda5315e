/**
 * Takes secrets out of a request target before it is logged: the path and all argument names stay, the
 * values of arguments that are named like a credential are replaced.
 *
 * Names are compared percent-decoded, in lower case and without punctuation, so `api%5Fkey` and `API-Key`
 * are one name. Both separators count, since an origin may split at `;` as well as at `&`.
 */

const REDACTED = '[redacted]';
const SECRET_PARTS = [
  'password',
  'passwd',
  'passphrase',
  'passcode',
  'token',
  'secret',
  'authorization',
  'credential',
  'signature',
  'jwt',
] as const;
const SECRET_ENDINGS = ['key', 'auth', 'pwd', 'pass', 'session', 'sessionid', 'sid', 'otp'] as const;

/** The target with secret values replaced; takes time linear in its length. */
export function redactTarget(target: string): string {
  const queryAt = target.indexOf('?');
  const path = queryAt === -1 ? target : target.slice(0, queryAt);
  const query = queryAt === -1 ? '' : target.slice(queryAt);
  // Some origins read arguments from path parameters: /login;password=x.
  return path.replace(/(?<=;)[^;/]+/g, redactArgument) + query.replace(/[^&;]+/g, redactArgument);
}

function redactArgument(argument: string): string {
  const valueAt = argument.indexOf('=');
  if (valueAt === -1 || valueAt === argument.length - 1) return argument;
  const name = argument.slice(0, valueAt);
  return isSecretName(name) ? `${name}=${REDACTED}` : argument;
}

function isSecretName(name: string): boolean {
  const plain = decodeAscii(name)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
  return (
    SECRET_PARTS.some((part) => plain.includes(part)) ||
    SECRET_ENDINGS.some((ending) => plain.endsWith(ending))
  );
}

/** Percent-decodes twice, for origins behind something that decodes once more; never fails. */
function decodeAscii(text: string): string {
  return decodeOnce(decodeOnce(text));
}

function decodeOnce(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
