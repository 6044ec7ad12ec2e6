import { expect, it } from '@jest/globals';
import type { Plan, PlannedStep } from '../../src/domain/plan.ts';
import { sawPrimary } from '../../src/domain/promoted.ts';
import { planWith } from './runs.ts';

const INSTANCE = 'rds/us-east-1/chatbot-prod';

function planOf(...steps: Partial<PlannedStep>[]): Plan {
  const plan = planWith(Object.fromEntries(steps.map((_, index) => [`s${index}`, []])));
  return { ...plan, steps: plan.steps.map((step, index) => ({ ...step, ...steps[index] })) };
}

const replication = (instance: string): Partial<PlannedStep> => ({
  uses: 'rds.create-replica',
  writes: [instance],
  observation: { state: 'unreachable', reason: 'there is none yet' },
});

const promotion = (replicaOf: string): Partial<PlannedStep> => ({
  uses: 'rds.promote-replica',
  writes: [INSTANCE],
  observation: { state: 'observed', facts: { replicaOf }, measurements: {} },
});

it.each<[string, Partial<PlannedStep>[], boolean]>([
  ['a standalone instance', [promotion('')], true],
  ['a replica', [promotion('chatbot-prod')], false],
  ['a standalone instance that the plan itself replaces by a replica', [replication(INSTANCE), promotion('')], false],
  [
    'a standalone instance, and a replica that is made elsewhere',
    [replication('rds/us-west-2/another'), promotion('')],
    true,
  ],
  ['a standalone instance, and a replica that is made of it afterwards', [promotion(''), replication(INSTANCE)], true],
])('of %s', (_what, steps, is) => {
  expect(sawPrimary(planOf(...steps))).toBe(is);
});
