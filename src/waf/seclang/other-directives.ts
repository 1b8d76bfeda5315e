/**
 * Directives of ModSecurity that configure nothing here. Each is accepted because leaving it out cannot let a request
 * through that it would have refused, or refused because it can.
 */

interface IdleDirective {
  /** Values in lower case that change nothing; null: any. */
  readonly values: readonly string[] | null;
  /** Why it may be passed over, or why its other values may not. */
  readonly reason: string;
}

const ALWAYS_LINEAR = 'patterns run in linear time without a limit on steps';
const NO_FILES = 'bodies are kept in memory, within limits, and never written to files';
const ONE_LOG = 'the audit log is one stream of records, its place is set in the configuration';
const OWN_LOG = 'the log of the program is set in the configuration';
const NO_REPORTS = 'nothing is reported to other parties';
const NO_PERSISTENCE = 'collections that outlive a request are not kept';
const REFUSED_RULES = 'rules that would need it are refused themselves';

const IDLE: ReadonlyMap<string, IdleDirective> = new Map([
  ...idle(ALWAYS_LINEAR, ['secpcrematchlimit', 'secpcrematchlimitrecursion']),
  ...idle(NO_FILES, [
    ...[
      'sectmpdir',
      'secdatadir',
      'secuploaddir',
      'secuploadkeepfiles',
      'secuploadfilemode',
      'secuploadfilelimit',
    ],
    ...['sectmpsaveuploadedfiles', 'secrequestbodyinmemorylimit'],
  ]),
  ...idle(ONE_LOG, [
    ...[
      'secauditlogtype',
      'secauditlog2',
      'secauditlogstoragedir',
      'secauditlogdirmode',
      'secauditlogfilemode',
    ],
  ]),
  ...idle(OWN_LOG, ['secdebuglog', 'secdebugloglevel', 'secruleperftime']),
  ...idle(NO_REPORTS, ['secstatusengine', 'secsensorid', 'secguardianlog']),
  ...idle(NO_PERSISTENCE, ['seccollectiontimeout']),
  ...idle(REFUSED_RULES, ['secgeolookupdb', 'secgsblookupdb', 'sechttpblkey']),
  ...idle('sites are told apart by routes', ['secwebappid']),
  ...idle('the head of an answer is a matter of the proxy', [
    'secserversignature',
    'secdisablebackendcompression',
  ]),
  ...idle('the program does not change its root', ['secchrootdir']),
  ...idle('the limits on connections of the policy are in force', [
    ...[
      'secconnengine',
      'secreadstatelimit',
      'secwritestatelimit',
      'secconnreadstatelimit',
      'secconnwritestatelimit',
    ],
  ]),
  ['seccookieformat', { values: ['0'], reason: 'cookies are read as RFC 6265 says' }],
  ['secxmlexternalentity', { values: ['off'], reason: 'no entity is ever fetched' }],
  ['secparsexmlintoargs', { values: ['off'], reason: 'XML is searched as XML:/* and XML://@*' }],
  ['seccontentinjection', { values: ['off'], reason: 'answers are not changed' }],
  ['sechashengine', { values: ['off'], reason: 'links are not signed' }],
  ['secstreaminbodyinspection', { values: ['off'], reason: 'bodies are inspected once, as text' }],
  ['secstreamoutbodyinspection', { values: ['off'], reason: 'bodies are inspected once, as text' }],
  ['secruleinheritance', { values: ['on'], reason: 'there is one set of rules for a policy' }],
]);

const REFUSED: ReadonlyMap<string, string> = new Map([
  ['includeoptional', 'write Include with a wildcard, which may match no file'],
  ['secremoterules', 'rules are loaded from files only; fetch the file and name it'],
  ['secremoterulesfailaction', 'rules are loaded from files only'],
  ['secrulescript', 'rules may not start programs'],
]);

/** Code pages that `urlDecodeUni` has a table for. */
const UNICODE_CODE_PAGE = '20127';

/**
 * Judges a directive that configures nothing.
 *
 * @param name in lower case
 * @returns null where it may be passed over, else a sentence that says what to do; undefined: no such directive
 */
export function judgeOtherDirective(name: string, values: readonly string[]): string | null | undefined {
  if (name === 'secunicodemapfile') return judgeUnicodeMap(values);
  const reason = REFUSED.get(name);
  if (reason !== undefined) return `It is refused: ${reason}.`;
  const directive = IDLE.get(name);
  if (directive === undefined) return undefined;
  const value = (values[0] ?? '').toLowerCase();
  if (directive.values === null || directive.values.includes(value)) return null;
  return `The value "${values[0] ?? ''}" is refused, for ${directive.reason}: write ${directive.values.join(' or ')}.`;
}

/** The file names the mapping of a code page; the engine has the one in general use built in. */
function judgeUnicodeMap(values: readonly string[]): string | null {
  const codePage = values[1] ?? values[0] ?? '';
  return codePage === UNICODE_CODE_PAGE || values.length === 1
    ? null
    : `The code page ${codePage} is not known: write ${UNICODE_CODE_PAGE}.`;
}

function idle(reason: string, names: readonly string[]): (readonly [string, IdleDirective])[] {
  return names.map((name) => [name, { values: null, reason }] as const);
}
