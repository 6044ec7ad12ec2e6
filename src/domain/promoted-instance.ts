import { z } from 'zod';
import { InvalidInput } from './errors.ts';
import { resolveValue } from './expression.ts';
import type { Plan, PlannedStep } from './plan.ts';
import { scopeOfStep } from './plan-scope.ts';
import { movesWrites, promotedRegion } from './promoted-loss.ts';
import type { RunState } from './run-state.ts';

const Place = z.object({ region: z.string().min(1), instance: z.string().min(1) });

/** An instance of the database, and where it is. */
export type PromotedInstance = z.infer<typeof Place>;

/**
 * The replica that a plan promotes: as its run's outputs name it, else as the plan saw it, else that of system.yaml (on
 * the way back: what is the primary there). `run`: the plan's own, as far as it has come. Pure.
 */
export function promotedInstance(plan: Plan, run?: RunState): PromotedInstance {
  const step = plan.steps.find((one) => movesWrites(one) && one.included);
  return (step && ((run && named(plan, run, step)) ?? seen(plan, step))) ?? declared(plan);
}

function named(plan: Plan, run: RunState, step: PlannedStep): PromotedInstance | undefined {
  try {
    return Place.safeParse(resolveValue(step.with, scopeOfStep(plan, run, step))).data;
  } catch (error) {
    // What the choice is made from was not reached by the run.
    if (error instanceof InvalidInput) return undefined;
    throw error;
  }
}

function seen(plan: Plan, { observation }: PlannedStep): PromotedInstance | undefined {
  if (observation.state !== 'observed') return undefined;
  return Place.safeParse({ region: promotedRegion(plan), instance: observation.facts.identifier }).data;
}

function declared(plan: Plan): PromotedInstance {
  const { primary, replica } = plan.system.database;
  const region = promotedRegion(plan);
  return { region, instance: region === replica.region ? replica.instance : primary.instance };
}
