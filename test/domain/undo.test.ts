// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks are written that way
import { describe, expect, test } from '@jest/globals';
import { abortWarnings } from '../../src/domain/abort.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import type { PlannedStep } from '../../src/domain/plan.ts';
import { finishFailover } from '../../src/domain/promoted.ts';
import { standingFence } from '../../src/domain/standing-fence.ts';
import { undoable, whatToUndo } from '../../src/domain/undo.ts';
import { approved, declared, plannedStep, planWith, runStarted, stateAfter } from '../support/incident.ts';

const runId = 'INC-1.r1';
const change = [{ what: 'it', before: 'old', after: 'new' }];

/** The chatbot's region failover, reduced to what matters here. */
const steps = [
  plannedStep('guard', { effect: 'read' }),
  plannedStep('fence', { uses: 'postgres.fence', needs: ['guard'] }),
  plannedStep('catch-up', { effect: 'read', needs: ['fence'] }),
  plannedStep('promote', { uses: 'rds.promote-replica', effect: 'irreversible', needs: ['catch-up'] }),
  plannedStep('scale', { uses: 'k8s.scale', needs: ['guard'] }),
  plannedStep('connection', { uses: 'k8s.patch-secret', needs: ['promote'] }),
  plannedStep('restart', { uses: 'k8s.restart', needs: ['connection', 'scale'], withoutUndo: 'pods do not come back' }),
  plannedStep('load-balancer', { uses: 'elbv2.shift-traffic', needs: ['restart'] }),
];

const started = (step: string, attempt = 1): IncidentEvent => ({
  type: 'step.started',
  runId,
  step,
  attempt,
  operationId: `${runId}.${step}`,
});
const succeeded = (step: string, more: { changes?: typeof change; outputs?: Record<string, boolean> } = {}) => {
  const { changes = change, outputs = {} } = more;
  const event = { type: 'step.succeeded', runId, step, attempt: 1, outputs, changes, exceptions: [] } as const;
  return [started(step), { ...event, exceptions: [] }] satisfies IncidentEvent[];
};
const failed = (step: string, code = 'rds.refused'): IncidentEvent[] => [
  started(step),
  { type: 'step.failed', runId, step, attempt: 1, error: { code, message: 'No.' }, changes: [] },
];
const fenced = succeeded('fence', { outputs: { fenced: true } });

const stateOf = (plan: PlannedStep[], ...events: IncidentEvent[]) =>
  stateAfter(declared, { type: 'plan.created', plan: planWith(plan) }, approved, runStarted, ...events);

const found = (...events: IncidentEvent[]) => {
  const { undo, not } = undoable(stateOf(steps, ...events));
  return {
    undo: undo.map(({ id }) => id),
    not: Object.fromEntries(not.map(({ step, because }) => [step.id, because])),
  };
};

describe('undoable', () => {
  test('is nothing before anything was changed', () => {
    expect(found()).toEqual({ undo: [], not: {} });
    expect(found(...succeeded('guard'), ...failed('promote', 'guard.failed'))).toEqual({ undo: [], not: {} });
  });

  test('goes back in reverse order of the ends, and takes the fence away before what does not build on it', () => {
    const plain = steps.map((step) => (step.id === 'fence' ? { ...step, uses: 'test.act' } : step));

    const { undo } = undoable(stateOf(plain, ...fenced, ...succeeded('scale')));

    expect(undo.map(({ id }) => id)).toEqual(['scale', 'fence']);
    expect(found(...fenced, ...succeeded('scale')).undo).toEqual(['fence', 'scale']);
  });

  test('after a promotion that failed the fence is the first thing', () => {
    expect(found(...fenced, ...succeeded('scale'), ...failed('promote'))).toEqual({
      undo: ['fence', 'scale'],
      not: { promote: expect.stringContaining('may have come through') },
    });
  });

  test('while a promotion is under way the fence stays', () => {
    const { undo, not } = found(...fenced, started('promote'), ...failed('scale'));

    expect(undo).toEqual(['scale']);
    expect(not).toMatchObject({ fence: 'it came before “Do promote”, which stays' });
  });

  test('after a promotion nothing before or after it is undone, nor what they build on', () => {
    const all = ['scale', 'promote', 'connection', 'restart', 'load-balancer'].flatMap((id) => succeeded(id));

    expect(found(...fenced, ...all)).toEqual({
      undo: [],
      not: {
        fence: 'chatbot-prod-replica-west is a primary now',
        promote: 'it cannot be taken back',
        connection: 'it came after “Do promote”, which stays',
        restart: 'pods do not come back',
        'load-balancer': 'it came after “Do promote”, which stays',
        scale: '“Do restart” builds on it, and stays',
      },
    });
    // Scaled back, the only region that can serve could not.
    expect(found(...fenced, ...succeeded('scale'), ...succeeded('promote'))).toMatchObject({
      undo: [],
      not: { scale: 'us-west-2, where the only database that may take writes is, needs it' },
    });
  });

  test('a step without an undo holds nothing else up', () => {
    const reversible = steps.filter(({ id }) => id !== 'promote');

    const { undo, not } = undoable(
      stateOf(
        reversible,
        ...['scale', 'connection', 'restart'].flatMap((id) => succeeded(id)),
        ...failed('load-balancer'),
      ),
    );

    expect(undo.map(({ id }) => id)).toEqual(['load-balancer', 'connection', 'scale']);
    expect(not.map(({ step }) => step.id)).toEqual(['restart']);
  });

  test('counts a step that was cut short, and one whose retry found the work done, but not what was so before', () => {
    const retried: IncidentEvent[] = [
      ...failed('scale'),
      { type: 'step.retry-requested', runId, step: 'scale', by: 'U1' },
      started('scale', 2),
      { type: 'step.succeeded', runId, step: 'scale', attempt: 2, outputs: {}, changes: [], exceptions: [] },
    ];

    expect(found(started('scale')).undo).toEqual(['scale']);
    expect(found(...retried).undo).toEqual(['scale']);
    expect(found(...succeeded('scale', { changes: [] })).undo).toEqual([]);
    expect(found(...succeeded('fence', { changes: [], outputs: { fenced: false } })).undo).toEqual([]);
    // It stands, whoever put it up: nobody can write.
    expect(found(...succeeded('fence', { changes: [], outputs: { fenced: true } })).undo).toEqual(['fence']);
  });

  test('a promotion that AWS refused for certain changed nothing, and holds nothing up', () => {
    const state = stateOf(steps, ...fenced, ...succeeded('scale'), ...failed('promote', 'rds.promotion-refused'));

    expect(undoable(state)).toMatchObject({ undo: [{ id: 'fence' }, { id: 'scale' }], not: [] });
    expect(standingFence(state)).toEqual({ certain: true, promotionBegun: false });
  });

  test('of a promotion that did not say so but was seen to have come through, the fence and its region stay', () => {
    const seen: IncidentEvent = {
      type: 'plan.failed',
      planId: 'INC-1.p2',
      by: 'U1',
      error: { code: 'undo.promoted', message: 'It is a primary now.' },
    };
    const state = stateOf(steps, ...fenced, ...succeeded('scale'), ...failed('promote', 'step.timeout'), seen);

    expect(standingFence(state)).toBeUndefined();
    expect(undoable(state).undo).toEqual([]);
    expect(finishFailover(state)).toContain('finish the failover with `/dr retry INC-1.r1 promote`');
  });

  describe('of a fence that was not proven', () => {
    const notProven = { type: 'step.succeeded', runId, step: 'fence', outputs: { fenced: false } } as const;
    const lost: IncidentEvent = { ...notProven, attempt: 1, changes: change, exceptions: ['unfenced'] };
    // An attempt before it died, and nobody knows how far it came.
    const again: IncidentEvent = { ...notProven, attempt: 2, changes: [], exceptions: ['unfenced'] };

    test.each([
      ['the primary was lost after sign-in was taken away', [started('fence'), lost]],
      ['an attempt before it was cut short', [started('fence'), started('fence', 2), again]],
    ])('it may stand, and is taken away first, where %s', (_case, events) => {
      expect(found(...events, ...succeeded('scale'), ...failed('promote')).undo).toEqual(['fence', 'scale']);
      expect(standingFence(stateOf(steps, ...events, ...failed('promote')))).toEqual({
        certain: false,
        promotionBegun: true,
      });
    });

    test('it does not stand where the only attempt changed nothing', () => {
      const nothing: IncidentEvent = { ...lost, changes: [] };

      expect(standingFence(stateOf(steps, started('fence'), nothing, ...failed('promote')))).toBeUndefined();
    });
  });

  test('of a fence tells when a promotion was last worked at that may still come through', () => {
    const doneOf = (...events: IncidentEvent[]) => {
      const { run } = stateOf(steps, ...fenced, ...events);
      const [fence] = steps.filter(({ id }) => id === 'fence');
      if (!run || !fence) throw new Error('no run');
      return { promote: run.steps.promote, done: whatToUndo(planWith(steps), run, fence).done };
    };
    const begun = doneOf(...failed('promote'));

    expect(begun.done.unsettledSince).toBe(begun.promote?.endedAt);
    expect(begun.done.unsettledSince).toBeGreaterThan(0);
    expect(doneOf().done.unsettledSince).toBeUndefined();
    expect(doneOf(...failed('promote', 'guard.failed')).done.unsettledSince).toBeUndefined();
    expect(doneOf(...succeeded('promote')).done.unsettledSince).toBeUndefined();
  });

  test('of an undo is what it has not undone yet', () => {
    const state = stateOf(steps, ...fenced, ...succeeded('scale'), {
      type: 'run.finished',
      runId,
      outcome: 'aborted',
      exceptions: [],
    });
    const { run } = state;
    if (!run) throw new Error('no run');
    const undoing = undoable(state).undo.map((step) =>
      plannedStep(`undo-${step.id}`, { uses: step.uses, undoes: whatToUndo(planWith(steps), run, step) }),
    );
    const begun = (...events: IncidentEvent[]) =>
      stateAfter(
        declared,
        { type: 'plan.created', plan: planWith(undoing, { undoOf: 'INC-0.r1' }) },
        approved,
        runStarted,
        ...events,
      );

    expect(undoable(begun()).undo.map(({ id }) => id)).toEqual(['undo-fence', 'undo-scale']);
    expect(undoable(begun(...succeeded('undo-fence'))).undo.map(({ id }) => id)).toEqual(['undo-scale']);
    expect(standingFence(begun(...failed('undo-fence')))).toEqual({ certain: true, promotionBegun: false });
    expect(standingFence(begun(...succeeded('undo-fence')))).toBeUndefined();

    const refused = begun(...failed('undo-fence', 'unfence.two-primaries'));
    expect(standingFence(refused)).toBeUndefined();
    expect(undoable(refused)).toMatchObject({
      undo: [],
      not: [{ because: 'chatbot-prod-replica-west is a primary now' }, {}],
    });
    expect(finishFailover(refused)).toContain('abort this undo, then finish the failover with `/dr failover chatbot`');
    expect(abortWarnings(refused)).toContain(
      'us-west-2 holds the only database that may take writes: finish the failover with `/dr failover chatbot`.',
    );
    expect(abortWarnings(refused).join(' ')).not.toMatch(/undo INC-1|allows? them/);
  });

  test('a replica of the same region was promoted: what stays, and the way on, name it', () => {
    const chosen = { region: 'us-east-1', instance: 'chatbot-prod-replica' };
    const named = {
      region: '${{ steps.replica.outputs.region }}',
      instance: '${{ steps.replica.outputs.instance }}',
    };
    const inRegion = [
      plannedStep('replica', { effect: 'read' }),
      plannedStep('fence', { uses: 'postgres.fence', needs: ['replica'] }),
      plannedStep('promote', {
        uses: 'rds.promote-replica',
        effect: 'irreversible',
        needs: ['fence'],
        with: named,
        dependsOn: [{ region: 'us-east-1' }],
      }),
      plannedStep('restart', { needs: ['promote'] }),
    ];
    const plan = planWith(inRegion, { runbook: 'database-failure', params: { promoted: '' } });
    const chose: IncidentEvent[] = [
      started('replica'),
      { type: 'step.succeeded', runId, step: 'replica', attempt: 1, outputs: chosen, changes: [], exceptions: [] },
    ];
    const state = stateAfter(
      declared,
      { type: 'plan.created', plan },
      approved,
      runStarted,
      ...chose,
      ...fenced,
      ...succeeded('promote'),
      ...failed('restart'),
    );

    expect(undoable(state).not).toContainEqual(
      expect.objectContaining({ because: 'chatbot-prod-replica is a primary now' }),
    );
    expect(abortWarnings(state)).toContain(
      'chatbot-prod-replica in us-east-1 is the only database that may take writes: finish the failover with `/dr run chatbot/database-failure promoted=chatbot-prod-replica`.',
    );
  });
});
