import type { Json, JsonObject } from './action.ts';
import { Duration } from './duration.ts';
import { InvalidInput } from './errors.ts';
import { resolveValue } from './expression.ts';
import { awaitedByTemplate, type KnownScope } from './known-scope.ts';
import { nearestWord } from './nearest.ts';
import type { PlannedScope } from './plan.ts';
import type { Mode, Runbook } from './runbook.ts';
import type { System } from './system.ts';

export type Parameter = Runbook['params'][string];
type Declares = Pick<Runbook, 'params' | 'title'>;

/**
 * The value of every parameter of the runbook: what was given, else its default (which may be a template over system,
 * mode and the parameters above it). Durations become seconds. Throws InvalidInput, in a sentence for the person who
 * asked, for a parameter that is unknown, missing or of the wrong type.
 */
export function resolveParameters(
  runbook: Declares,
  given: JsonObject,
  { system, mode }: { system: System; mode: Mode },
): JsonObject {
  refuseUnknown(runbook, given, flagHint);
  const resolved: JsonObject = {};
  for (const [name, parameter] of Object.entries(runbook.params)) {
    const wanted = requireValue(runbook, name, given);
    const scope = { system: system as unknown as JsonObject, mode, params: resolved };
    const value = given[name] === undefined ? resolveValue(wanted, scope) : wanted;
    resolved[name] = parameterValue(name, parameter, value, system);
  }
  return resolved;
}

/** The parameters of a nested runbook: those that are known, and templates of those that are known `later`. */
export interface NestedParameters {
  params: JsonObject;
  later: NonNullable<PlannedScope['later']>;
  /** Of each parameter that is known later, the ids of the plan's steps whose outputs it reads. */
  awaited: Map<string, string[]>;
}

/**
 * The same for a nested runbook, whose parameters are given as templates over the scope `outer` of the step that nests
 * it. What reads outputs stays a template, and so does a default that reads such a parameter.
 */
export function resolveNestedParameters(
  runbook: Declares,
  given: JsonObject,
  outer: KnownScope,
  { system, mode }: { system: System; mode: Mode },
): NestedParameters {
  refuseUnknown(runbook, given);
  const params: JsonObject = {};
  const later: NestedParameters['later'] = [];
  const awaited = new Map<string, string[]>();
  for (const [name, parameter] of Object.entries(runbook.params)) {
    const wanted = requireValue(runbook, name, given);
    const isGiven = given[name] !== undefined;
    const known = Object.fromEntries(Object.entries(params).filter(([other]) => !awaited.has(other)));
    const own = { values: { system: system as unknown as JsonObject, mode, params: known }, steps: {}, later: awaited };
    const scope = isGiven ? outer : own;
    const after = awaitedByTemplate(wanted, scope);
    if (after.length > 0) {
      awaited.set(name, after);
      later.push({ name, reads: isGiven ? 'outer' : 'own' });
      params[name] = wanted;
    } else {
      params[name] = parameterValue(name, parameter, resolveValue(wanted, scope.values), system);
    }
  }
  return { params, later, awaited };
}

/** Flags of /dr run that are often typed like a parameter. */
const FLAGS: ReadonlySet<string> = new Set(['mode', 'reason']);

function flagHint(name: string): string {
  return FLAGS.has(name) ? ` With /dr run, write --${name} and its value.` : '';
}

function refuseUnknown({ params, title }: Declares, given: JsonObject, hint = (_name: string) => ''): void {
  const known = Object.keys(params);
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    throw new InvalidInput(
      'plan.parameter',
      `"${title}" has no parameter ${name}.${hint(name) || hintFor(name, known)}`,
    );
  }
}

function hintFor(name: string, known: string[]): string {
  const near = nearestWord(name, known);
  if (near) return ` Did you mean ${near}?`;
  return known.length > 0 ? ` It takes ${known.join(', ')}.` : '';
}

function requireValue({ params, title }: Declares, name: string, given: JsonObject): Json {
  const wanted = given[name] ?? params[name]?.default;
  if (wanted === undefined || wanted === null) {
    throw new InvalidInput('plan.parameter', `"${title}" needs the parameter ${name}.`);
  }
  return wanted;
}

/** Characters of a text: parameters that are made of parameters could grow without end, doubling at each step. */
const LONGEST = 10_000;

function tooLong(name: string): InvalidInput {
  const most = LONGEST.toLocaleString('en-US');
  return new InvalidInput('plan.parameter', `The parameter ${name} is longer than ${most} characters.`);
}

/** The value as the type of the parameter wants it: text may stand for numbers, and durations become seconds. */
export function parameterValue(name: string, { type }: Parameter, value: Json, system: System): Json {
  const wrong = (what: string) =>
    new InvalidInput('plan.parameter', `The parameter ${name} must be ${what}, not ${JSON.stringify(value)}.`);
  switch (type) {
    case 'region': {
      const regions = Object.values(system.regions);
      if (typeof value === 'string' && regions.includes(value)) return value;
      throw wrong(`a region of ${system.title} (${regions.join(' or ')})`);
    }
    case 'int': {
      const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
      if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
      throw wrong('a whole number');
    }
    case 'bool':
      if (value === true || value === 'true') return true;
      if (value === false || value === 'false') return false;
      throw wrong('true or false');
    case 'duration': {
      if (typeof value === 'number' && value >= 0) return value;
      const parsed = Duration.safeParse(value);
      if (parsed.success) return parsed.data;
      throw wrong('a duration such as 45s or 10m');
    }
    default:
      if (typeof value === 'string' && value.length > LONGEST) throw tooLong(name);
      if (typeof value === 'string') return value;
      throw wrong('text');
  }
}
