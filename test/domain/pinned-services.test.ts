import { describe, expect, it } from '@jest/globals';
import { outcomeLines } from '../../src/blocks/outcome.ts';
import { abortWarnings } from '../../src/domain/abort.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import { outcomeOf } from '../../src/domain/outcome.ts';
import { pinnedServices } from '../../src/domain/pinned-services.ts';
import { approved, declared, plannedStep, planWith, runStarted, stateAfter } from '../support/incident.ts';

const change = (before: string, after: string) => ({ what: 'Service chatbot-api in us-east-1', before, after });
const narrowed = change('every ready pod', 'pods of the release 5d4f');
const widened = change('pods of the release 5d4f', 'every ready pod');
const steps = ['around', 'every-pod'].map((id) => plannedStep(id, { uses: 'k8s.route-around' }));
const succeeded = (step: string, changes: (typeof narrowed)[]): IncidentEvent[] => [
  { type: 'step.started', runId: 'INC-1.r1', step, attempt: 1, operationId: step },
  { type: 'step.succeeded', runId: 'INC-1.r1', step, attempt: 1, outputs: {}, changes, exceptions: [] },
];
const stateWith = (...events: IncidentEvent[]) =>
  stateAfter(declared, { type: 'plan.created', plan: planWith(steps) }, approved, runStarted, ...events);
const aborting: IncidentEvent = { type: 'run.abort-requested', runId: 'INC-1.r1', by: 'U0COMMANDER' };

describe('a run that ends between the way around a release and the way back', () => {
  it('names the service in its outcome, before the abort and on the board', () => {
    const state = stateWith(...succeeded('around', [narrowed]), aborting);
    const { run, plans } = state;
    if (!run || !plans[0]) throw new Error('there is no run');
    const { exceptions } = outcomeOf(run, plans[0].plan);
    const ended = stateWith(...succeeded('around', [narrowed]), aborting, {
      ...{ type: 'run.finished', runId: 'INC-1.r1', outcome: 'aborted', exceptions },
    });

    expect(exceptions).toEqual(['pinned Service chatbot-api in us-east-1']);
    const sentence =
      'Service chatbot-api in us-east-1 goes on sending requests to pods of the release 5d4f only, and pods of any other release get none: `/dr undo INC-1` lets it reach every pod again.';
    expect(abortWarnings(state)).toContain(sentence);
    expect(outcomeLines(ended, '')).toContain(`• *pinned*: ${sentence}`);
  });

  it('names nothing when every pod was reached again', () => {
    const { run } = stateWith(...succeeded('around', [narrowed]), ...succeeded('every-pod', [widened]));

    expect(pinnedServices(run, { steps })).toEqual([]);
  });
});
