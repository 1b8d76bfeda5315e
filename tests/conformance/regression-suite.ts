/**
 * The regression tests of the Core Rule Set, as their authors wrote them: YAML files with requests and the ids of the
 * rules that must, or must not, be logged for each.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export interface RegressionTest {
  /** `942100-15`. */
  readonly name: string;
  readonly ruleId: string;
  readonly stages: readonly Stage[];
}

export interface Stage {
  readonly input: StageInput;
  readonly output: StageOutput;
}

/** Texts are as in the file; they go out in UTF-8. */
export interface StageInput {
  readonly method: string;
  readonly uri: string;
  readonly version: string;
  /** In the order of the file. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly data: string | null;
  /** A whole request in base64, in place of everything else. */
  readonly encodedRequest: string | null;
  readonly autocompleteHeaders: boolean;
}

export interface StageOutput {
  readonly status: number | null;
  readonly expectIds: readonly string[];
  readonly noExpectIds: readonly string[];
  readonly matchRegex: string | null;
  readonly noMatchRegex: string | null;
  readonly expectError: boolean;
  /** Whether nothing but the expected rule may match. */
  readonly isolated: boolean;
}

/** Reads all test files below a folder, in the order of their names. */
export function readRegressionSuite(folder: string): RegressionTest[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml') || path.endsWith('.yml'))
    .sort();
  return files.flatMap((path) => readTestFile(readFileSync(join(folder, path), 'utf8')));
}

/** Reads one file. Every scalar stays text: a header's value `010` is not the number ten. */
export function readTestFile(text: string): RegressionTest[] {
  const file = asMap(parse(text, { schema: 'failsafe', uniqueKeys: false, maxAliasCount: 0 }));
  const ruleId = asText(file.rule_id) ?? '';
  return asList(file.tests).map((entry) => {
    const test = asMap(entry);
    return {
      name: `${ruleId}-${asText(test.test_id) ?? ''}`,
      ruleId,
      stages: asList(test.stages).map((stage) => readStage(asMap(stage))),
    };
  });
}

function readStage(stage: YamlMap): Stage {
  const input = asMap(stage.input);
  const output = asMap(stage.output);
  const log = asMap(output.log);
  return {
    input: {
      method: asText(input.method) ?? 'GET',
      uri: asText(input.uri) ?? '/',
      version: asText(input.version) ?? 'HTTP/1.1',
      headers: Object.entries(asMap(input.headers)).map(([name, value]) => [name, asText(value) ?? '']),
      data: asText(input.data),
      encodedRequest: asText(input.encoded_request),
      autocompleteHeaders: asText(input.autocomplete_headers) !== 'false',
    },
    output: {
      status: output.status === undefined ? null : Number(asText(output.status)),
      expectIds: asTexts(log.expect_ids),
      noExpectIds: asTexts(log.no_expect_ids),
      matchRegex: asText(log.match_regex),
      noMatchRegex: asText(log.no_match_regex),
      expectError: asText(output.expect_error) === 'true',
      isolated: asText(output.isolated) === 'true',
    },
  };
}

type YamlMap = Readonly<Record<string, unknown>>;

function asMap(value: unknown): YamlMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as YamlMap) : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function asTexts(value: unknown): string[] {
  return asList(value).map((item) => asText(item) ?? '');
}
