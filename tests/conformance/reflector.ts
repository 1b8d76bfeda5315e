/**
 * The origin that the regression suite expects: an empty 200 for everything, but a POST to `/reflect` is answered
 * with what its JSON body asks for (status, headers, body, or encodedBody in base64).
 */

export interface Reflection {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

export function reflect(method: string, target: string, body: Buffer): Reflection {
  if (method !== 'POST' || target.split('?', 1)[0] !== '/reflect') return plain(200, '');
  const wanted = parseJson(body.toString('utf8'));
  if (wanted === null) return plain(400, 'The body is not JSON.');
  const { status, headers, body: text, encodedBody } = wanted;
  const written =
    typeof encodedBody === 'string' ? Buffer.from(encodedBody, 'base64') : Buffer.from(`${text ?? ''}`);
  const fields = Object.entries(typeof headers === 'object' && headers !== null ? headers : {});
  return {
    status: typeof status === 'number' ? status : 200,
    headers: fields.length > 0 ? fields.map(([name, value]) => [name, `${value}`]) : PLAIN_TEXT,
    body: written,
  };
}

const PLAIN_TEXT: Reflection['headers'] = [['Content-Type', 'text/plain']];

function plain(status: number, text: string): Reflection {
  return { status, headers: PLAIN_TEXT, body: Buffer.from(text) };
}

function parseJson(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}
