/** Directives that set up the engine: one value each, checked, into `EngineSettings`. */
import type { EngineSettings } from './syntax.ts';

/** Settings while the load goes on. */
export type SettingsDraft = { -readonly [Name in keyof EngineSettings]: EngineSettings[Name] };

/**
 * Values where a configuration says nothing; limits in octets. They are ModSecurity's, but for the engine and the
 * bodies of requests, which are on: who names rule files wants them to protect.
 */
export function createSettings(): SettingsDraft {
  return {
    engine: 'on',
    requestBodyAccess: true,
    requestBodyLimit: 134_217_728,
    requestBodyNoFilesLimit: 1_048_576,
    requestBodyLimitAction: 'process-partial',
    requestBodyJsonDepthLimit: 512,
    argumentsLimit: 1_000,
    argumentSeparator: '&',
    responseBodyAccess: false,
    responseBodyMimeTypes: ['text/plain', 'text/html'],
    responseBodyLimit: 524_288,
    responseBodyLimitAction: 'reject',
    auditEngine: 'relevant-only',
    auditLogParts: 'ABCFHZ',
    auditLogFormat: 'native',
    auditLogPath: null,
    auditLogRelevantStatus: null,
  };
}

/** Writes the values of a directive; answers with a sentence where it cannot. */
export type SettingDirective = (settings: SettingsDraft, values: readonly string[]) => string | null;

/** By the directive's name in lower case. */
export const SETTING_DIRECTIVES: ReadonlyMap<string, SettingDirective> = new Map([
  ['secruleengine', choice('engine', { on: 'on', detectiononly: 'detection-only', off: 'off' })],
  ['secrequestbodyaccess', choice('requestBodyAccess', { on: true, off: false })],
  ['secrequestbodylimit', amount('requestBodyLimit')],
  ['secrequestbodynofileslimit', amount('requestBodyNoFilesLimit')],
  ['secrequestbodylimitaction', choice('requestBodyLimitAction', limitActions())],
  ['secrequestbodyjsondepthlimit', amount('requestBodyJsonDepthLimit')],
  ['secargumentslimit', amount('argumentsLimit')],
  ['secargumentseparator', one(setArgumentSeparator)],
  ['secresponsebodyaccess', choice('responseBodyAccess', { on: true, off: false })],
  ['secresponsebodymimetype', setMimeTypes],
  ['secresponsebodymimetypesclear', clearMimeTypes],
  ['secresponsebodylimit', amount('responseBodyLimit')],
  ['secresponsebodylimitaction', choice('responseBodyLimitAction', limitActions())],
  ['secauditengine', choice('auditEngine', { on: 'on', relevantonly: 'relevant-only', off: 'off' })],
  ['secauditlogparts', one(setAuditLogParts)],
  ['secauditlogformat', choice('auditLogFormat', { native: 'native', json: 'json' })],
  ['secauditlog', one((settings, value) => assign(settings, 'auditLogPath', value))],
  ['secauditlogrelevantstatus', one((settings, value) => assign(settings, 'auditLogRelevantStatus', value))],
]);

type NumberSetting = {
  [Name in keyof SettingsDraft]: SettingsDraft[Name] extends number ? Name : never;
}[keyof SettingsDraft];

function limitActions(): Readonly<Record<string, 'reject' | 'process-partial'>> {
  return { reject: 'reject', processpartial: 'process-partial' };
}

function one(set: (settings: SettingsDraft, value: string) => string | null): SettingDirective {
  return (settings, values) => {
    const [value] = values;
    return value === undefined || values.length > 1 ? 'It takes one value: write it.' : set(settings, value);
  };
}

function assign<Name extends keyof SettingsDraft>(
  settings: SettingsDraft,
  name: Name,
  value: SettingsDraft[Name],
): null {
  settings[name] = value;
  return null;
}

function choice<Name extends keyof SettingsDraft>(
  name: Name,
  meanings: Readonly<Record<string, SettingsDraft[Name]>>,
): SettingDirective {
  const known = new Map(Object.entries(meanings));
  return one((settings, value) => {
    const meaning = known.get(value.toLowerCase());
    if (meaning === undefined) return `"${value}" is none of ${[...known.keys()].join(', ')}: choose one.`;
    return assign(settings, name, meaning);
  });
}

function amount(name: NumberSetting): SettingDirective {
  return one((settings, value) => {
    if (!/^[1-9][0-9]{0,9}$/.test(value))
      return `"${value}" is no whole number from 1 to 9999999999: write one.`;
    return assign(settings, name, Number(value));
  });
}

function setArgumentSeparator(settings: SettingsDraft, value: string): string | null {
  if (value.length !== 1) return `"${value}" is not one character: write one.`;
  return assign(settings, 'argumentSeparator', value);
}

function setAuditLogParts(settings: SettingsDraft, value: string): string | null {
  if (!/^[A-KZ]{1,12}$/.test(value)) {
    return `"${value}" are no parts of the audit log: write letters from A to K, and Z.`;
  }
  return assign(settings, 'auditLogParts', value);
}

function setMimeTypes(settings: SettingsDraft, values: readonly string[]): string | null {
  if (values.length === 0) return 'It takes media types: write at least one.';
  settings.responseBodyMimeTypes = values.map((value) => value.toLowerCase());
  return null;
}

function clearMimeTypes(settings: SettingsDraft): null {
  settings.responseBodyMimeTypes = [];
  return null;
}
