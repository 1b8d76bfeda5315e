/**
 * From what an operator wrote to inspectors: rule files loaded and compiled once, and for every site and every part of
 * one with rules of its own an overlay over the same compiled rules.
 *
 * Every path that a route or an exception names gets a route; what holds there is what all prefixes of it say
 * together, the longest prefix last. Parts that come out alike share one set of rules, also across sites.
 */
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { RuleException } from '../core/rule-exception.ts';
import { BODY_LIMITS, type BodyLimits } from './bodies/parsed-body.ts';
import { createBodyGuard, GUARD_RULES } from './body-guard.ts';
import { type BuiltinRules, createBuiltin, type FamilySwitches } from './builtin/builtin-rules.ts';
import type { Inspected } from './builtin/builtin-run.ts';
import { compileProgram } from './engine/compile-program.ts';
import type { Exclusion, Overlay } from './engine/overlay.ts';
import type { Program } from './engine/program.ts';
import { targetsOf } from './exception-targets.ts';
import type { RuleSource } from './inspection.ts';
import { Inspector } from './inspector.ts';
import type { PatternFacts } from './patterns/pattern-facts.ts';
import {
  INBOUND_THRESHOLD,
  OUTBOUND_THRESHOLD,
  overlaySite,
  ownPaths,
  type RouteOptions,
  routeAt,
  SITE_PATH,
  type SiteOptions,
  type SiteOverlay,
  strictestOf,
} from './route-options.ts';
import { type Route, Routes } from './routes.ts';
import { loadRules } from './seclang/load-rules.ts';
import type { RuleFiles } from './seclang/rule-files.ts';
import { STANDARD_VOCABULARY } from './seclang/standard-vocabulary.ts';
import type { LoadFault, RuleSet } from './seclang/syntax.ts';

export interface InspectorOptions extends SiteOptions {
  /** Sites that differ from what holds for all; each gets an inspector of its own. */
  readonly overlays?: readonly SiteOverlay[];
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
  /** One for each overlay, in their order. */
  readonly overlaid: readonly Inspector[];
  /** All rules in force anywhere. */
  readonly rules: readonly RuleEntry[];
  readonly bodyLimits: BodyLimits;
}

/** Paths with rules of their own, of one site and of all together; each costs memory in every worker. */
const ROUTES_MAX = 512;
/** Rule sets that are compiled for one node: by paranoia level and thresholds, and for exceptions from set-up rules. */
const COMPILATIONS_MAX = 24;
const ROUTES_TOTAL_MAX = 8192;

/** Fails with sentences for the operator. */
export function compileInspector(
  options: InspectorOptions,
  files: RuleFiles,
): Result<CompiledInspector, readonly string[]> {
  const loaded = loadRuleSet(options, files);
  if (!loaded.ok) return loaded;
  const builtin = createBuiltinRules(options);
  if (!builtin.ok) return builtin;
  const compiler = new RouteCompiler(options, builtin.value, loaded.value?.program ?? null);
  const inspector = new Inspector(compiler.routes(options));
  const overlaid = (options.overlays ?? []).map(
    (overlay) => new Inspector(compiler.routes(overlaySite(options, overlay))),
  );
  if (compiler.faults.length > 0) return fail([...new Set(compiler.faults)]);
  return ok({
    inspector,
    overlaid,
    rules: [
      ...(options.inspectsBodies ? GUARD_RULES : []),
      ...(builtin.value?.rules ?? []),
      ...programRules(loaded.value?.program ?? null),
    ],
    bodyLimits: bodyLimits(loaded.value?.rules ?? null),
  });
}

function createBuiltinRules(options: InspectorOptions): Result<BuiltinRules | null, readonly string[]> {
  const { builtin, budgetMs, onOverrun, clock } = options;
  if (builtin === null) return ok(null);
  const { exceptions, inboundThreshold } = routeAt(options, SITE_PATH);
  const threshold = inboundThreshold ?? INBOUND_THRESHOLD;
  return createBuiltin({ ...builtin, exceptions, threshold, budgetMs, onOverrun, clock });
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

class RouteCompiler {
  readonly faults: string[] = [];
  #routeCount = 0;
  readonly #inspectsBodies: boolean;
  readonly #builtin: BuiltinRules | null;
  readonly #program: Program | null;
  /** By what they were made from, so that routes alike share them. */
  readonly #sources = new Map<string, readonly RuleSource[]>();
  readonly #programs = new Map<string, Program>();
  readonly #compilations = new Set<object>();

  /** @param program compiled for the whole site */
  constructor(options: InspectorOptions, builtin: BuiltinRules | null, program: Program | null) {
    this.#inspectsBodies = options.inspectsBodies;
    this.#builtin = builtin;
    this.#program = program;
    if (program === null) return;
    const { variables, exclusions } = overlayOf(routeAt(options, SITE_PATH));
    this.#compilations.add(program.compilation);
    this.#programs.set(overlayKey({ variables, exclusions }), program);
    this.#programs.set(overlayKey({ variables }), program);
  }

  /** All routes of one site; without them where there are too many, which is a fault. */
  routes(options: SiteOptions): Routes {
    const paths = ownPaths(options);
    this.#routeCount += paths.length;
    if (paths.length > ROUTES_MAX)
      this.faults.push(`waf: more than ${ROUTES_MAX} paths have rules of their own`);
    if (this.#routeCount > ROUTES_TOTAL_MAX)
      this.faults.push(`waf: more than ${ROUTES_TOTAL_MAX} paths of all sites have rules of their own`);
    const parts =
      this.faults.length > 0 ? [] : paths.map((path) => this.#route(path, routeAt(options, path)));
    const site = this.#route(SITE_PATH, routeAt(options, SITE_PATH));
    return new Routes(site, parts, this.#route(SITE_PATH, strictestOf(options)));
  }

  #route(path: string, options: RouteOptions): Route {
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
    const guard = this.#inspectsBodies ? [createBodyGuard(options.exceptions)] : [];
    // The guard comes last: rules that look at such bodies themselves shall be heard.
    const sources = [...this.#builtinFor(options), ...this.#programFor(options), ...guard];
    this.#sources.set(key, sources);
    return sources;
  }

  #builtinFor({ exceptions, inboundThreshold }: RouteOptions): readonly RuleSource[] {
    return this.#builtin === null
      ? []
      : [this.#builtin.overlay(exceptions, inboundThreshold ?? INBOUND_THRESHOLD)];
  }

  /** A route that changes nothing for the program, such as one with exceptions from built-in rules, shares it. */
  #programFor(options: RouteOptions): readonly RuleSource[] {
    if (this.#program === null) return [];
    const { variables, exclusions } = overlayOf(options);
    const levels = this.#overlaid(this.#program, { variables });
    const program = levels === null ? null : this.#overlaid(levels, { variables, exclusions });
    return program === null ? [] : [program];
  }

  /** @param whole what the result is known by, of which `base` has all but the exclusions already */
  #overlaid(base: Program, whole: Overlay): Program | null {
    const key = overlayKey(whole);
    const known = this.#programs.get(key);
    if (known !== undefined) return known;
    const { exclusions } = whole;
    const made = base.overlay(exclusions === undefined ? whole : { exclusions });
    if (!made.ok) {
      this.faults.push(...made.fault.map(describeFault));
      return null;
    }
    this.#programs.set(key, made.value);
    this.#compilations.add(made.value.compilation);
    if (this.#compilations.size > COMPILATIONS_MAX) {
      this.faults.push(
        `waf: sites and routes need more than ${COMPILATIONS_MAX} compiled rule sets: use fewer combinations of paranoia level and thresholds`,
      );
      return null;
    }
    return made.value;
  }
}

function overlayKey({ variables, exclusions }: Overlay): string {
  return JSON.stringify([[...(variables ?? [])], exclusions ?? null]);
}

/** What the options mean to a Core Rule Set; without a word on a value its setup file decides. */
function overlayOf(options: RouteOptions): Required<Pick<Overlay, 'variables' | 'exclusions'>> {
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
