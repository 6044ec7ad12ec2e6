import { describe, expect, test } from '@jest/globals';
import { mayHasten, signedByEmergency } from '../../src/domain/emergency.ts';
import { foldIncident, stepOf } from '../../src/domain/incident-state.ts';
import { keptFromSkip } from '../../src/domain/skippable.ts';
import { plannedStep, planWith } from '../support/incident.ts';
import { begin } from './runs.ts';

const REPLICA = { region: 'us-west-2', instance: 'chatbot-prod-replica-west' };

function given(step: Parameters<typeof plannedStep>[1], change: Parameters<typeof planWith>[1] = {}) {
  const fence = plannedStep('fence', { uses: 'postgres.fence', ...step });
  const plan = planWith([fence], { mode: 'planned', ...change });
  const { entries } = begin(plan);
  const state = foldIncident(entries);
  if (!state?.run) throw new Error('nothing runs');
  return { plan, run: state.run, kept: keptFromSkip(state, fence) };
}

describe('a fence that nobody has signed for', () => {
  test('may be signed for by an emergency where it is the primary of system.yaml', () => {
    const { kept, plan, run } = given({});

    expect(kept).toEqual({ because: 'fence', maySign: true, mayHasten: true });
    expect(signedByEmergency(plan, run)).toEqual(['unfenced:chatbot-prod in us-east-1']);
  });

  test('is signed for where an emergency does without the switchover that would have stopped the old writer', () => {
    const { plan, run } = given({ uses: 'rds.switchover-global-cluster', graceful: true });
    const done = { ...run, steps: { ...run.steps, fence: { ...stepOf(run, 'fence'), status: 'succeeded' as const } } };

    expect(signedByEmergency(plan, run)).toEqual(['unfenced:chatbot-prod in us-east-1']);
    expect(mayHasten(plan, run)).toBe(true);
    expect(signedByEmergency(plan, done)).toEqual([]);
  });

  test('is offered no emergency where its runbook has none', () => {
    const { kept, plan, run } = given({}, { modes: ['planned'] });

    expect(kept).toMatchObject({ maySign: true, mayHasten: false });
    expect(mayHasten(plan, run)).toBe(false);
  });

  test('is signed for by nobody where users are served from what it names', () => {
    const { kept, plan, run } = given({ with: { primary: REPLICA } });

    expect(kept).toEqual({ because: 'fence', maySign: false, mayHasten: false });
    expect(signedByEmergency(plan, run)).toEqual([]);
  });
});
