/** The rule sets of the conformance runs: the Core Rule Set with the settings that its test suite asks for. */
import type { Result } from '../../src/core/result.ts';
import { ok } from '../../src/core/result.ts';
import { diskRuleFiles } from '../../src/waf/seclang/disk-rule-files.ts';
import { loadRules } from '../../src/waf/seclang/load-rules.ts';
import type { RuleFiles } from '../../src/waf/seclang/rule-files.ts';
import type { LoadFault, RuleSet } from '../../src/waf/seclang/syntax.ts';
import type { Vocabulary } from '../../src/waf/seclang/vocabulary.ts';

/** `detect`: everything on and nothing refused. `block`: as shipped, at paranoia level 1, and refusing. */
export type SuiteMode = 'detect' | 'block';

/** The text that loads a Core Rule Set for its tests. */
export function suiteConfiguration(folder: string, mode: SuiteMode): string {
  const detects = mode === 'detect';
  return [
    `SecRuleEngine ${detects ? 'DetectionOnly' : 'On'}`,
    'SecRequestBodyAccess On',
    'SecRequestBodyLimit 13107200',
    'SecRequestBodyNoFilesLimit 131072',
    'SecRequestBodyJsonDepthLimit 512',
    'SecResponseBodyAccess On',
    'SecResponseBodyMimeType text/plain text/html text/xml application/json',
    'SecResponseBodyLimit 1048576',
    'SecResponseBodyLimitAction ProcessPartial',
    `Include "${folder}/crs-setup.conf.example"`,
    `SecAction "id:900005,phase:1,nolog,pass,${SUITE_VALUES.join(',')}${detects ? `,${PARANOIA}` : ''}"`,
    `Include "${folder}/rules/*.conf"`,
    '',
  ].join('\n');
}

/** What the suite's README asks for. */
const SUITE_VALUES = [
  'setvar:tx.crs_validate_utf8_encoding=1',
  'setvar:tx.arg_name_length=100',
  'setvar:tx.arg_length=400',
  'setvar:tx.total_arg_length=64000',
  'setvar:tx.max_num_args=255',
  'setvar:tx.max_file_size=64100',
  'setvar:tx.combined_file_sizes=65535',
];

const PARANOIA = 'setvar:tx.blocking_paranoia_level=4';

/** Loads a Core Rule Set in one of the modes. */
export function loadSuiteRules(
  folder: string,
  mode: SuiteMode,
  vocabulary: Vocabulary,
): Result<RuleSet, readonly LoadFault[]> {
  const name = '/suite.conf';
  const text = suiteConfiguration(folder, mode);
  const files: RuleFiles = {
    readText: (path) => (path === name ? ok(text) : diskRuleFiles.readText(path)),
    expand: (pattern, from) => diskRuleFiles.expand(pattern, from),
  };
  return loadRules([name], vocabulary, files);
}
