import type { Finding } from './action.ts';
import { type IncidentState, planOf } from './incident-state.ts';
import type { StartLine } from './start-line.ts';

/** What a step of the run found out, and which step it was. */
export interface Found extends Finding {
  step: string;
  title: string;
}

/** What the run of an incident has found so far, in the order of its steps. */
export function findingsOf({ run, plans }: Pick<IncidentState, 'run' | 'plans'>): Found[] {
  const steps = planOf({ plans }, run?.planId)?.plan.steps ?? [];
  return steps.flatMap(({ id, title }) => {
    const finding = run?.steps[id]?.finding;
    return finding ? [{ step: id, title, ...finding }] : [];
  });
}

/** A proposal as a command that may be offered as a button: one that makes a plan, and nothing else. */
export function proposedStart({ proposal }: Pick<Finding, 'proposal'>): StartLine | undefined {
  const [, verb, args] = /^(run|failover)\s+(\S.*)$/.exec(proposal ?? '') ?? [];
  return (verb === 'run' || verb === 'failover') && args !== undefined ? { verb, args: args.trim() } : undefined;
}
