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
