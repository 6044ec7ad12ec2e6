import { InvalidInput } from '../domain/errors.ts';
import { type IncidentState, planOf } from '../domain/incident-state.ts';
import { hasDoneIrreversible } from '../domain/plan-again.ts';
import type { Mode } from '../domain/runbook.ts';
import type { System } from '../domain/system.ts';
import type { RunbookSummary, UseCaseDependencies } from './dependencies.ts';
import { newestIncidentOf } from './find.ts';

/** The runbook that `failover` stands for in every system. */
export const FAILOVER_RUNBOOK = 'region-failover';

/** The runbook of a failover; throws InvalidInput when it is broken, or has no such mode. Asks nobody anything. */
export function requireRunbook(
  parts: Pick<UseCaseDependencies, 'runbook' | 'problems' | 'systems'>,
  input: { system: string; mode: Mode },
): RunbookSummary {
  const runbook = parts.runbook(input.system, FAILOVER_RUNBOOK);
  if (!runbook) {
    const [problem] = parts.problems?.().filter((one) => one.includes(`/${input.system}/`)) ?? [];
    const why = problem ?? `See \`/dr status ${input.system}\` for what is wrong with it.`;
    const [first] = parts.systems.get(input.system)?.escalation ?? [];
    const whom = first ? `${first.contact} (${first.action})` : 'who is on call';
    throw new InvalidInput(
      'runbook.unknown',
      `${input.system} has no usable runbook ${FAILOVER_RUNBOOK}. ${why} No incident was declared and nobody was paged: page ${whom} by hand and lead it in a channel of your own, by the runbook's text. Once it is mended, restart Lifeboat and ask again.`,
    );
  }
  if (runbook.mode.includes(input.mode)) return runbook;
  throw new InvalidInput(
    'runbook.mode',
    `The runbook ${input.system}/${FAILOVER_RUNBOOK} has no ${input.mode} mode. It has ${runbook.mode.join(' and ')}.`,
  );
}

/** The newest incident of a system, where its run has promoted the replica. */
export async function movedBy(
  { journal }: Pick<UseCaseDependencies, 'journal'>,
  system: string,
): Promise<IncidentState | undefined> {
  const state = await newestIncidentOf(journal, system);
  return state && hasDoneIrreversible(state) ? state : undefined;
}

/** Throws InvalidInput for any region but the replica's. The runbook promotes that: in any other region it would page people for a plan that can never work. */
export function requireRegion(
  system: System,
  input: { system: string; to?: string },
  moved: IncidentState | undefined,
): void {
  const { replica, primary } = system.database;
  if (input.to === undefined || input.to === replica.region) return;
  // Until somebody has edited system.yaml after a move, it has both databases the wrong way round.
  const promotedIn = planOf(moved ?? { plans: [] }, moved?.run?.planId)?.plan.system.database.replica.region;
  if (input.to === primary.region && promotedIn === replica.region) {
    throw new InvalidInput(
      'system.moved',
      `${moved?.run?.id} has moved ${input.system} to ${promotedIn}, and ${primary.region} holds only the old primary (${primary.instance}), which nothing fills any more. To go back, create a replica there, name both databases anew in system.yaml, and restart Lifeboat.`,
    );
  }
  const why =
    input.to === primary.region
      ? `As system.yaml has it, ${input.to} is where the primary database of ${input.system} is, so there is nothing to promote there`
      : `${input.system} is not prepared for ${input.to}`;
  throw new InvalidInput(
    'system.region',
    `${why}. It can go to ${replica.region}, where system.yaml has its replica (${replica.instance}).`,
  );
}
