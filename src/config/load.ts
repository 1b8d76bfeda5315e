/**
 * Loads the configuration: find, decode, override, expand, check, freeze.
 *
 * The result is either a whole configuration or the list of all faults; there is no third. Nothing throws on any
 * input. Precedence: environment, then policies of the fleet, then file, then defaults. All of these are laid over each
 * other as they were written, key by key, before any default is filled in; what results is checked as a whole.
 */
import { fail, ok, type Result } from '../core/result.ts';
import { CAUTIONS } from './cautions.ts';
import type { ReadFile } from './config-file.ts';
import { deriveSettings } from './derive.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { expandSettings } from './expand.ts';
import { type ConfigFault, Findings } from './fault.ts';
import { type LayerText, readLayers } from './layers.ts';
import type { ConfigLocation } from './location.ts';
import { placeFindings } from './place.ts';
import { checkRelations } from './relation.ts';
import { RELATIONS } from './relations.ts';
import type { Config } from './schema.ts';
import { readSettings } from './settings.ts';
import { parseTomlDocument, type TomlDocument } from './toml-document.ts';
import { validateSettings } from './validate.ts';

export interface LoadRequest extends ConfigLocation {
  readonly env: Environment;
  readonly readFile: ReadFile;
  /** What the fleet lays over the file, the broadest first. */
  readonly layers?: readonly LayerText[];
}

export interface LoadedConfig {
  readonly config: Config;
  /** The file that was read; null where the default file does not exist and the built-in defaults apply. */
  readonly file: string | null;
  /** What is allowed but dangerous, for the log. */
  readonly warnings: readonly ConfigFault[];
}

export function loadConfig(request: LoadRequest): Result<LoadedConfig, readonly ConfigFault[]> {
  const source = readSource(request);
  if (!source.ok) return fail([source.fault]);
  const { document, file } = source.value;
  const layers = readLayers(request.layers ?? []);
  if (!layers.ok) return layers;
  const findings = new Findings();
  const written = new Map([
    ...readSettings(document.root, findings),
    ...layers.value,
    ...readEnvironment(request.env, findings),
  ]);
  const { settings, failed } = expandSettings(written, request.env, findings);
  const { config, refused } = validateSettings(deriveSettings(settings), findings);
  checkRelations(RELATIONS, config, new Set([...refused, ...failed]), findings);
  const origin = { text: document.text, file: request.path, settings: written };
  if (findings.kept.length > 0) return fail(placeFindings(findings, origin));
  const cautions = new Findings();
  checkRelations(CAUTIONS, config, new Set(), cautions);
  return ok({ config, file, warnings: placeFindings(cautions, origin) });
}

interface Source {
  readonly file: string | null;
  readonly document: TomlDocument;
}

/** A fault that is not about one key. */
const WHOLE_FILE = { line: null, column: null, path: '', suggestion: null } as const;

/** Built-in defaults are an empty document. */
const NO_DOCUMENT: TomlDocument = { text: '', root: {} };

function readSource(request: LoadRequest): Result<Source, ConfigFault> {
  const bytes = request.readFile(request.path);
  if (!bytes.ok) {
    return bytes.fault.kind === 'missing' && !request.explicit
      ? ok({ file: null, document: NO_DOCUMENT })
      : fail({ ...WHOLE_FILE, file: request.path, message: bytes.fault.message });
  }
  const document = parseTomlDocument(bytes.value);
  return document.ok
    ? ok({ file: request.path, document: document.value })
    : fail({ ...WHOLE_FILE, file: request.path, ...document.fault });
}
