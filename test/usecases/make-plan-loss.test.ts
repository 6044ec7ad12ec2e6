import { expect, it } from '@jest/globals';
import { predictedLoss } from '../../src/usecases/make-plan.ts';
import { plannedStep } from '../support/incident.ts';

const loss = plannedStep('loss', {
  uses: 'postgres.predicted-loss',
  effect: 'read',
  observation: { state: 'observed', facts: {}, measurements: { lossSeconds: 5 } },
});
const promotion = { uses: 'rds.promote-replica', effect: 'irreversible' } as const;

it('predicts a loss only where the promotion has something to do', () => {
  expect(predictedLoss([loss, plannedStep('promote', promotion)])).toBe(5);
  expect(predictedLoss([loss, plannedStep('promote', { ...promotion, changes: [] })])).toBeUndefined();
});
