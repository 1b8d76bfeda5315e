/**
 * The media type and the parameters of a Content-Type field (RFC 9110 section 8.3), read so that nothing written
 * around the type hides it: any case, blanks, parameters, quoted strings, and several fields joined by commas.
 * Linear; a name or value that is broken is read as far as it goes.
 */

/** The media types of a field in lower case, without parameters; more than one where fields were joined. */
export function mediaTypes(contentType: string): string[] {
  return splitOutsideQuotes(contentType, ',')
    .map((member) => firstWord(member).toLowerCase())
    .filter((type) => type.includes('/'));
}

/**
 * All values of the parameters of that name, without quotation marks.
 *
 * @param name in lower case
 */
export function mediaParameters(contentType: string, name: string): string[] {
  const values: string[] = [];
  for (const member of splitOutsideQuotes(contentType, ',')) {
    for (const piece of splitOutsideQuotes(member, ';').slice(1)) {
      const equals = piece.indexOf('=');
      if (equals === -1 || piece.slice(0, equals).trim().toLowerCase() !== name) continue;
      values.push(unquote(piece.slice(equals + 1).trim()));
    }
  }
  return values;
}

/** A type ends at whatever cannot be part of one. */
function firstWord(member: string): string {
  return /^\s*([^\s;"]*)/.exec(member)?.[1] ?? '';
}

function unquote(value: string): string {
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"'))
    return value.replaceAll(/["']/g, '');
  return value.slice(1, -1).replaceAll(/\\(.)/gs, '$1');
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  if (!text.includes('"')) return text.split(separator);
  const pieces: string[] = [];
  let start = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '"') quoted = !quoted;
    else if (character === '\\' && quoted) index += 1;
    else if (character === separator && !quoted) {
      pieces.push(text.slice(start, index));
      start = index + 1;
    }
  }
  pieces.push(text.slice(start));
  return pieces;
}
