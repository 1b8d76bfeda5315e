/**
 * What a set of SecLang files says, as data: rules in load order, markers and settings. Everything knows the file
 * and the line that it came from. Names are canonical here: later stages never compare spellings.
 */

/** Where something was written. */
export interface Place {
  readonly file: string;
  /** Counted from 1; of a statement over several lines, the first. */
  readonly line: number;
}

/** Something that cannot be loaded, and why, in one sentence that says what to do. */
export interface LoadFault {
  readonly place: Place;
  readonly message: string;
}

/** Which members of a collection are meant. */
export type Selector =
  /** One member, in lower case. */
  | { readonly kind: 'name'; readonly name: string }
  /** Members whose name a regular expression matches, without regard to case: `/^_ga/`. */
  | { readonly kind: 'pattern'; readonly source: string }
  /** Of XML: the text or the attribute values of all elements. */
  | { readonly kind: 'path'; readonly path: '/*' | '//@*' };

export interface TargetSyntax {
  /** `exclude` takes members away again (`!`), `count` stands for their number (`&`). */
  readonly use: 'include' | 'exclude' | 'count';
  /** In upper case: `REQUEST_HEADERS`. */
  readonly collection: string;
  readonly selector: Selector | null;
}

export interface OperatorSyntax {
  /** Canonical and in lower case: `rx`, `pmfromfile`. */
  readonly name: string;
  readonly negated: boolean;
  /** As written, macros not expanded. */
  readonly argument: string;
}

export interface ActionSyntax {
  /** Canonical and in lower case: `setvar`, `t`, `skipafter`. */
  readonly name: string;
  /** Without its quotation marks; null where none was given. */
  readonly value: string | null;
}

export interface RuleSyntax {
  readonly kind: 'rule';
  readonly place: Place;
  /** Of the file's folder, for operators that read files. */
  readonly folder: string;
  /** Of a SecAction none. */
  readonly targets: readonly TargetSyntax[];
  /** Of a SecAction null: it matches always. */
  readonly operator: OperatorSyntax | null;
  /** In the order written, those of SecDefaultAction not merged in. */
  readonly actions: readonly ActionSyntax[];
  /** The rules chained to this one, in order; each with no links of its own. */
  readonly links: readonly RuleSyntax[];
}

export interface MarkerSyntax {
  readonly kind: 'marker';
  readonly place: Place;
  readonly name: string;
}

export interface RuleSet {
  /** In load order over all files, removals and updates of later directives already applied. */
  readonly items: readonly (RuleSyntax | MarkerSyntax)[];
  /** SecDefaultAction by phase, 1 to 5. */
  readonly defaultActions: ReadonlyMap<number, readonly ActionSyntax[]>;
  readonly settings: EngineSettings;
  /** SecComponentSignature, in order. */
  readonly components: readonly string[];
}

/** Directives that set up the engine; what is not written keeps ModSecurity's default. */
export interface EngineSettings {
  readonly engine: 'on' | 'detection-only' | 'off';
  readonly requestBodyAccess: boolean;
  readonly requestBodyLimit: number;
  readonly requestBodyNoFilesLimit: number;
  readonly requestBodyLimitAction: 'reject' | 'process-partial';
  readonly requestBodyJsonDepthLimit: number;
  readonly argumentsLimit: number;
  readonly argumentSeparator: string;
  readonly responseBodyAccess: boolean;
  /** Media types in lower case. */
  readonly responseBodyMimeTypes: readonly string[];
  readonly responseBodyLimit: number;
  readonly responseBodyLimitAction: 'reject' | 'process-partial';
  readonly auditEngine: 'on' | 'relevant-only' | 'off';
  readonly auditLogParts: string;
  readonly auditLogFormat: 'native' | 'json';
  readonly auditLogPath: string | null;
  /** A regular expression for the status of what is to be logged, or null. */
  readonly auditLogRelevantStatus: string | null;
}
