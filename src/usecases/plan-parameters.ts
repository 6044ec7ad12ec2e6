import type { Json, JsonObject } from '../domain/action.ts';
import { Duration } from '../domain/duration.ts';
import { InvalidInput } from '../domain/errors.ts';
import { resolveValue } from '../domain/expression.ts';
import { nearestWord } from '../domain/nearest.ts';
import type { Mode, Runbook } from '../domain/runbook.ts';
import type { System } from '../domain/system.ts';

type Parameter = Runbook['params'][string];

/**
 * The value of every parameter of the runbook: what was given, else its default (which may be a template over system,
 * mode and the parameters above it). Durations become seconds. Throws InvalidInput, in a sentence for the person who
 * asked, for a parameter that is unknown, missing or of the wrong type.
 */
export function resolveParameters(
  runbook: Pick<Runbook, 'params' | 'title'>,
  given: JsonObject,
  { system, mode }: { system: System; mode: Mode },
): JsonObject {
  const known = Object.keys(runbook.params);
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const near = nearestWord(name, known);
    const hint = near ? ` Did you mean ${near}?` : known.length > 0 ? ` It takes ${known.join(', ')}.` : '';
    throw new InvalidInput('plan.parameter', `"${runbook.title}" has no parameter ${name}.${hint}`);
  }
  const resolved: JsonObject = {};
  for (const [name, parameter] of Object.entries(runbook.params)) {
    const wanted = given[name] ?? parameter.default;
    if (wanted === undefined || wanted === null) {
      throw new InvalidInput('plan.parameter', `"${runbook.title}" needs the parameter ${name}.`);
    }
    const scope = { system: system as unknown as JsonObject, mode, params: resolved };
    const value = given[name] === undefined ? resolveValue(wanted, scope) : (wanted as Json);
    resolved[name] = parameterValue(name, parameter, value, system);
  }
  return resolved;
}

function parameterValue(name: string, { type }: Parameter, value: Json, system: System): Json {
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
      if (typeof value === 'string') return value;
      throw wrong('text');
  }
}
