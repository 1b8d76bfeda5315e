/**
 * Which fields and arguments hold secrets, by their names. A name is taken apart into words (`newPassword`,
 * `user[access_token]`, `json.card.number`); one word, or two words together, on the list make the name secret.
 */

/** Fields of a request or an answer, in lower case. */
export const SECRET_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'authentication-info',
  'proxy-authentication-info',
  'x-api-key',
  'api-key',
  'x-auth-token',
  'x-access-token',
  'x-amz-security-token',
  'x-csrf-token',
  'x-xsrf-token',
  'x-vault-token',
]);

/** Words in names of arguments, in lower case without separators. */
export const SECRET_WORDS: ReadonlySet<string> = new Set([
  'password',
  'passwd',
  'passphrase',
  'passcode',
  'pass',
  'pwd',
  'pw',
  'token',
  'secret',
  'jwt',
  'otp',
  'pin',
  'apikey',
  'accesskey',
  'privatekey',
  'authorization',
  'credential',
  'credentials',
  'signature',
  'card',
  'cardnumber',
  'creditcard',
  'ccnumber',
  'ccnum',
  'cvv',
  'cvc',
  'iban',
  'ssn',
  'sessionid',
  'phpsessid',
  'jsessionid',
]);

/** What makes a name secret wherever it stands in it, and what does at its end, without punctuation. */
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
];
const SECRET_ENDINGS = ['key', 'auth', 'pwd', 'pass', 'session', 'sessionid', 'sid', 'otp'];

const NAME_CHARACTERS_MAX = 512;

/**
 * @param name bytes as latin-1 text
 * @param words in lower case
 */
export function isSecretName(name: string, words: ReadonlySet<string>): boolean {
  const parts = name
    .slice(-NAME_CHARACTERS_MAX)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9\x80-\xff]+/);
  return parts.some((part, index) => words.has(part) || words.has(`${part}${parts[index + 1] ?? ''}`));
}

/**
 * The wider question for logs of all requests, where a value too few costs nothing: whether a name speaks of a secret
 * in any part of it or at its end, without regard to case and punctuation.
 */
export function soundsSecret(name: string): boolean {
  const plain = name
    .slice(-NAME_CHARACTERS_MAX)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
  return (
    SECRET_PARTS.some((part) => plain.includes(part)) ||
    SECRET_ENDINGS.some((ending) => plain.endsWith(ending))
  );
}
