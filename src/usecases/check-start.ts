import type { JsonObject } from '../domain/action.ts';
import { InvalidInput } from '../domain/errors.ts';
import { nearestOrBegun } from '../domain/nearest.ts';
import { resolveParameters } from '../domain/parameters.ts';
import type { Mode } from '../domain/runbook.ts';
import type { RunbookSummary, UseCaseDependencies } from './dependencies.ts';
import { requireSystem } from './find.ts';

type Sources = Pick<UseCaseDependencies, 'runbook' | 'runbooks' | 'problems' | 'systems'>;

/** Throws InvalidInput when no such run can be planned, whoever asks: nothing is read for it, and nobody is paged. */
export function checkStart(
  parts: Sources,
  input: { system: string; runbook: string; mode?: Mode | undefined; params: JsonObject },
): void {
  const system = requireSystem(parts.systems, input.system);
  const runbook = requireRunbook(parts, input);
  resolveParameters(runbook, input.params, { system, mode: input.mode ?? runbook.mode[0] ?? 'emergency' });
}

/** A runbook of a system; throws InvalidInput when there is none, it is broken, or has no such mode. Asks nobody anything. */
export function requireRunbook(
  parts: Sources,
  input: { system: string; runbook: string; mode?: Mode | undefined },
): RunbookSummary {
  const runbook = parts.runbook(input.system, input.runbook);
  if (!runbook) throw unknown(parts, input);
  if (input.mode === undefined || runbook.mode.includes(input.mode)) return runbook;
  throw new InvalidInput(
    'runbook.mode',
    `The runbook ${input.system}/${input.runbook} has no ${input.mode} mode. It has ${runbook.mode.join(' and ')}.`,
  );
}

/** A mistyped name is answered with the nearest; a runbook that is there, but broken, with what is wrong with it. */
function unknown(parts: Sources, { system, runbook }: { system: string; runbook: string }): InvalidInput {
  const problems = parts.problems?.().filter((one) => one.includes(`/${system}/`)) ?? [];
  const own = problems.find((one) => one.includes(`/${system}/${runbook}.`));
  const names = parts.runbooks(system);
  if (!own && names.length > 0) {
    const near = nearestOrBegun(runbook, names);
    const hint = near ? `Did you mean ${system}/${near}?` : `It has ${names.join(', ')}.`;
    return new InvalidInput(
      'runbook.unknown',
      `${system} has no runbook “${runbook.slice(0, 60)}”. ${hint} No incident was declared and nobody was paged.`,
    );
  }
  const why = own ?? problems[0] ?? `See \`/dr status ${system}\` for what is wrong with it.`;
  const [first] = parts.systems.get(system)?.escalation ?? [];
  const whom = first ? `${first.contact} (${first.action})` : 'who is on call';
  return new InvalidInput(
    'runbook.unknown',
    `${system} has no usable runbook ${runbook}. ${why} No incident was declared and nobody was paged: page ${whom} by hand and lead it in a channel of your own, by the runbook's text. Once it is mended, restart Lifeboat and ask again.`,
  );
}
