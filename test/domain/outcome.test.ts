import { expect, it } from '@jest/globals';
import { outcomeText } from '../../src/blocks/outcome.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import { outcomeOf } from '../../src/domain/outcome.ts';
import { approved, declared, plannedStep, planWith, runStarted, stateAfter } from '../support/incident.ts';

it('a run that only looked names the guard that was overridden for it', () => {
  const plan = planWith([plannedStep('pods', { effect: 'read' }), plannedStep('restart', { included: false })], {
    verdict: 'refused',
  });
  const override: IncidentEvent = {
    ...{ type: 'plan.guard-overridden', planId: plan.id, step: 'pods', by: 'U0COMMANDER', reason: 'to be sure' },
    ...{ measured: 'troubled 0', limit: 'troubled > 0' },
  };
  const before: IncidentEvent[] = [declared, { type: 'plan.created', plan }, override, approved, runStarted];
  const { run } = stateAfter(...before);
  if (!run) throw new Error('there is no run');
  const ended = outcomeOf(run, plan);

  expect(ended).toEqual({ outcome: 'finished', exceptions: ['overridden pods'] });
  const finished: IncidentEvent = { type: 'run.finished', runId: run.id, ...ended };
  expect(outcomeText(stateAfter(...before, finished))).toBe(
    'Looked at everything, nothing to report; nothing was changed, with exceptions: overridden pods.',
  );
});
