/**
 * From what an operator wrote to an inspector: rule files loaded and compiled once, and for every part of the site
 * with rules of its own an overlay over the same compiled rules.
 *
 * Every path that a route or an exception names gets a route; what holds there is what all prefixes of it say
 * together, the longest prefix last. Parts of the site that come out alike share one set of rules.
 */
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { RuleException } from '../core/rule-exception.ts';
import { BODY_LIMITS, type BodyLimits } from './bodies/parsed-body.ts';
import { createBodyGuard, GUARD_RULES } from './body-guard.ts';
import { createBuiltin, type FamilySwitches } from './builtin/builtin-rules.ts';
import type { Inspected } from './builtin/builtin-run.ts';
import { compileProgram } from './engine/compile-program.ts';
import type { Exclusion, Overlay } from './engine/overlay.ts';
import type { Program } from './engine/program.ts';
import { targetsOf } from './exception-targets.ts';
import type { RuleSource } from './inspection.ts';
import { Inspector } from './inspector.ts';
import type { PatternFacts } from './patterns/pattern-facts.ts';
import { isWithin, type Route, Routes } from './routes.ts';
import { loadRules } from './seclang/load-rules.ts';
import type { RuleFiles } from './seclang/rule-files.ts';
import { STANDARD_VOCABULARY } from './seclang/standard-vocabulary.ts';
import type { LoadFault, RuleSet } from './seclang/syntax.ts';

export type InspectionMode = 'block' | 'monitor' | 'off';

/** What may differ from one part of a site to another. */
export interface RouteOptions {
  readonly mode: InspectionMode;
  /** Anomaly scores; null for the usual ones, and for what the setup file of a Core Rule Set says. */
  readonly inboundThreshold: number | null;
  readonly outboundThreshold: number | null;
  /** Of a Core Rule Set; null for what its setup file says. */
  readonly paranoiaLevel: number | null;
  readonly exceptions: readonly RuleException[];
}

/** A part of a site; what is left out follows the site, exceptions add up. */
export interface PartialRoute extends Partial<RouteOptions> {
  readonly path: string;
}

export interface InspectorOptions {
  readonly site: RouteOptions;
  readonly routes: readonly PartialRoute[];
  /** Whether bodies are to be seen by rules, so that what cannot be seen is refused. */
  readonly inspectsBodies: boolean;
  /** The built-in rules; null to leave them out. */
  readonly builtin: {
    readonly families: FamilySwitches;
    readonly inspected: Inspected;
    readonly customPatterns: readonly string[];
    readonly learnsHabits?: boolean;
  } | null;
  /** Files of SecLang rules and patterns for them, in order. */
  readonly ruleFiles: readonly string[];
  readonly budgetMs: number;
  readonly onOverrun: 'refuse' | 'pass';
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
  /** What is known of patterns; what is found out while compiling is added. */
  readonly patternFacts?: PatternFacts;
}

/** A rule as lists and metrics know it. */
export interface RuleEntry {
  readonly id: string;
  /** The event label of its family. */
  readonly label: string;
}

export interface CompiledInspector {
  readonly inspector: Inspector;
  /** All rules in force anywhere. */
  readonly rules: readonly RuleEntry[];
  readonly bodyLimits: BodyLimits;
}

/** Stands for the whole site. */
const SITE_PATH = '/';

/** Those of the Core Rule Set: one unmistakable attack is enough. */
const INBOUND_THRESHOLD = 5;
const OUTBOUND_THRESHOLD = 4;

/** Paths with rules of their own; each costs memory in every worker. */
const ROUTES_MAX = 512;

/** Fails with sentences for the operator. */
export function compileInspector(
  options: InspectorOptions,
  files: RuleFiles,
): Result<CompiledInspector, readonly string[]> {
  const loaded = loadRuleSet(options, files);
  if (!loaded.ok) return loaded;
  const compiler = new RouteCompiler(options, loaded.value?.program ?? null);
  const paths = ownPaths(options);
  if (paths.length > ROUTES_MAX) return fail([`waf: more than ${ROUTES_MAX} paths have rules of their own`]);
  const site = compiler.route(SITE_PATH, routeAt(options, SITE_PATH));
  const routes = paths.map((path) => compiler.route(path, routeAt(options, path)));
  const strictest = compiler.route(SITE_PATH, strictestOf(options));
  if (compiler.faults.length > 0) return fail([...new Set(compiler.faults)]);
  return ok({
    inspector: new Inspector(new Routes(site, routes, strictest)),
    rules: [
      ...(options.inspectsBodies ? GUARD_RULES : []),
      ...compiler.builtinRules,
      ...programRules(loaded.value?.program ?? null),
    ],
    bodyLimits: bodyLimits(loaded.value?.rules ?? null),
  });
}

interface LoadedRules {
  readonly rules: RuleSet;
  readonly program: Program;
}

function loadRuleSet(
  options: InspectorOptions,
  files: RuleFiles,
): Result<LoadedRules | null, readonly string[]> {
  if (options.ruleFiles.length === 0) return ok(null);
  const rules = loadRules(options.ruleFiles, STANDARD_VOCABULARY, files);
  if (!rules.ok) return fail(rules.fault.map(describeFault));
  const program = compileProgram(rules.value, {
    readFile: (folder, name) => files.readText(join(folder, name)),
    budgetMs: options.budgetMs,
    clock: options.clock,
    policy: { onOverrun: options.onOverrun, onError: options.onError },
    overlay: overlayOf(routeAt(options, SITE_PATH)),
    patternFacts: options.patternFacts ?? new Map(),
  });
  return program.ok
    ? ok({ rules: rules.value, program: program.value })
    : fail(program.fault.map(describeFault));
}

function describeFault({ place, message }: LoadFault): string {
  return `${place.file}:${place.line}: ${message}`;
}

function programRules(program: Program | null): readonly RuleEntry[] {
  return (program?.rules ?? [])
    .filter(({ fate }) => fate === 'live')
    .map(({ id }) => ({ id: String(id), label: 'SECLANG' }));
}

function bodyLimits(rules: RuleSet | null): BodyLimits {
  if (rules === null) return BODY_LIMITS;
  const { argumentsLimit, requestBodyJsonDepthLimit } = rules.settings;
  return {
    ...BODY_LIMITS,
    argumentsMax: Math.min(BODY_LIMITS.argumentsMax, argumentsLimit),
    depthMax: Math.min(BODY_LIMITS.depthMax, requestBodyJsonDepthLimit),
  };
}

/** Every path but the site's own that a route or an exception names. */
function ownPaths({ site, routes }: InspectorOptions): readonly string[] {
  const named = [
    ...routes.map(({ path }) => path),
    ...[site, ...routes].flatMap(({ exceptions }) => exceptions ?? []).map(({ path }) => path ?? SITE_PATH),
  ];
  return [...new Set(named)].filter((path) => path !== SITE_PATH);
}

/** What holds at a path: the site's options, then those of every route above it, the longest last. */
function routeAt({ site, routes }: InspectorOptions, path: string): RouteOptions {
  const above = routes
    .filter((route) => isWithin(path, route.path))
    .sort((one, other) => one.path.length - other.path.length);
  const exceptions = [site, ...above]
    .flatMap((route) => route.exceptions ?? [])
    .filter((exception) => exception.path === null || isWithin(path, exception.path));
  return { ...above.reduce<RouteOptions>((held, route) => override(held, route), site), exceptions };
}

function override(held: RouteOptions, route: PartialRoute): RouteOptions {
  return {
    mode: route.mode ?? held.mode,
    inboundThreshold: route.inboundThreshold ?? held.inboundThreshold,
    outboundThreshold: route.outboundThreshold ?? held.outboundThreshold,
    paranoiaLevel: route.paranoiaLevel ?? held.paranoiaLevel,
    exceptions: held.exceptions,
  };
}

const STRICTNESS: readonly InspectionMode[] = ['off', 'monitor', 'block'];

/** For a path that can be read in several ways: no exception of any path, and the strictest of everything else. */
function strictestOf({ site, routes }: InspectorOptions): RouteOptions {
  const all = [site, ...routes.map((route) => override(site, route))];
  const levels = all.map(({ paranoiaLevel }) => paranoiaLevel ?? 0);
  const mode = Math.max(...all.map((route) => STRICTNESS.indexOf(route.mode)));
  return {
    mode: STRICTNESS[mode] ?? 'block',
    inboundThreshold: lowest(
      INBOUND_THRESHOLD,
      all.map((route) => route.inboundThreshold),
    ),
    outboundThreshold: lowest(
      OUTBOUND_THRESHOLD,
      all.map((route) => route.outboundThreshold),
    ),
    paranoiaLevel: Math.max(...levels) === 0 ? null : Math.max(...levels),
    exceptions: site.exceptions.filter(({ path }) => path === null),
  };
}

/** The lowest of thresholds of which null means the usual one. */
function lowest(usual: number, thresholds: readonly (number | null)[]): number | null {
  const min = Math.min(...thresholds.map((threshold) => threshold ?? usual));
  return min === usual && thresholds.includes(null) ? null : min;
}

class RouteCompiler {
  readonly faults: string[] = [];
  builtinRules: readonly RuleEntry[] = [];
  readonly #options: InspectorOptions;
  readonly #program: Program | null;
  /** By what they were made from, so that routes alike share them. */
  readonly #sources = new Map<string, readonly RuleSource[]>();

  constructor(options: InspectorOptions, program: Program | null) {
    this.#options = options;
    this.#program = program;
  }

  route(path: string, options: RouteOptions): Route {
    const { mode, inboundThreshold, outboundThreshold } = options;
    const sources = mode === 'off' ? [] : this.#sourcesFor(options);
    const inspectsResponses = sources.some((source) => source.inspectsResponses);
    return {
      path,
      mode,
      sources,
      inspectsResponses,
      inboundThreshold: inboundThreshold ?? INBOUND_THRESHOLD,
      outboundThreshold: outboundThreshold ?? OUTBOUND_THRESHOLD,
    };
  }

  #sourcesFor(options: RouteOptions): readonly RuleSource[] {
    const key = JSON.stringify({ ...options, mode: null });
    const known = this.#sources.get(key);
    if (known !== undefined) return known;
    const guard = this.#options.inspectsBodies ? [createBodyGuard(options.exceptions)] : [];
    // The guard comes last: rules that look at such bodies themselves shall be heard.
    const sources = [...this.#builtinFor(options), ...this.#programFor(options), ...guard];
    this.#sources.set(key, sources);
    return sources;
  }

  #builtinFor({ exceptions, inboundThreshold }: RouteOptions): readonly RuleSource[] {
    const { builtin } = this.#options;
    if (builtin === null) return [];
    const created = createBuiltin({
      ...builtin,
      exceptions,
      threshold: inboundThreshold ?? INBOUND_THRESHOLD,
      budgetMs: this.#options.budgetMs,
      onOverrun: this.#options.onOverrun,
      clock: this.#options.clock,
    });
    if (!created.ok) {
      this.faults.push(...created.fault);
      return [];
    }
    this.builtinRules = created.value.rules;
    return [created.value];
  }

  #programFor(options: RouteOptions): readonly RuleSource[] {
    if (this.#program === null) return [];
    if (sameRules(options, routeAt(this.#options, SITE_PATH))) return [this.#program];
    const program = this.#program.overlay(overlayOf(options));
    if (program.ok) return [program.value];
    this.faults.push(...program.fault.map(describeFault));
    return [];
  }
}

/** Whether a program makes no difference between the two. */
function sameRules(one: RouteOptions, other: RouteOptions): boolean {
  return JSON.stringify({ ...one, mode: null }) === JSON.stringify({ ...other, mode: null });
}

/** What the options mean to a Core Rule Set; without a word on a value its setup file decides. */
function overlayOf(options: RouteOptions): Overlay {
  const variables = new Map<string, string>();
  if (options.paranoiaLevel !== null) {
    variables.set('blocking_paranoia_level', String(options.paranoiaLevel));
    variables.set('detection_paranoia_level', String(options.paranoiaLevel));
  }
  const { inboundThreshold, outboundThreshold } = options;
  if (inboundThreshold !== null) variables.set('inbound_anomaly_score_threshold', String(inboundThreshold));
  if (outboundThreshold !== null)
    variables.set('outbound_anomaly_score_threshold', String(outboundThreshold));
  return { variables, exclusions: options.exceptions.flatMap(toExclusion) };
}

function toExclusion({ ruleId, tag, part }: RuleException): readonly Exclusion[] {
  const targets = targetsOf(part);
  if (tag !== null) return [{ rules: { kind: 'tag', tag }, targets }];
  const id = Number(ruleId);
  // The id of a built-in rule means nothing here.
  return Number.isInteger(id) ? [{ rules: { kind: 'ids', first: id, last: id }, targets }] : [];
}
