/** Declarations and processing instructions: which of them change how the mark-up behind them is read. */

/** The mark and three letters; shorter ones are noise. */
const INSTRUCTION_CHARACTERS_MIN = 4;
/** Name, then `SYSTEM` or `PUBLIC` with addresses, then the beginning of declarations. */
const DOCTYPE = /^\s{1,8}[\w:.-]{1,64}\s{0,8}((?:system|public)\s[^[>]{0,200})?(\[)?/i;

/**
 * The score of `<!name` or `<?name`.
 *
 * @param name with its mark, in lower case
 * @param rest what follows the name, cut
 */
export function gradeDeclaration(name: string, rest: string): number {
  if (name === '!entity' || name === '!attlist') return /^[\s%]/.test(rest) ? 5 : 0;
  if (name === '!doctype') return gradeDoctype(rest.split('>', 1)[0]!);
  if (name === '?import' || name === '?xml-stylesheet') return 5;
  if (name.startsWith('!--')) return /^\s{0,8}\[if\b/i.test(rest) || rest.includes('`') ? 1 : 0;
  return name.length >= INSTRUCTION_CHARACTERS_MIN && name.startsWith('?') && name !== '?xml' ? 1 : 0;
}

/** A document type of one's own or from elsewhere is there to define entities; those of HTML and SVG are known. */
function gradeDoctype(rest: string): number {
  const parts = DOCTYPE.exec(rest);
  if (parts === null) return 0;
  const [, identifier = '', subset = ''] = parts;
  if (subset !== '') return 5;
  if (!/^system/i.test(identifier)) return 0;
  return /legacy-compat/i.test(rest) ? 0 : 5;
}
