import { describe, expect, it } from '@jest/globals';
import { loadCatalogue } from '../../src/catalogue/load.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { isPromoted } from '../../src/domain/promoted.ts';
import type { Runbook } from '../../src/domain/runbook.ts';
import { nestedRunbooks } from '../../src/domain/runbook-graph.ts';
import type { System } from '../../src/domain/system.ts';
import { assertOnePrimary, type Moved, movedIn, requireRegion } from '../../src/usecases/check-failover.ts';
import { approved, chatbot, declared, plannedStep, planWith, runStarted, stateAfter } from '../support/incident.ts';

const EAST = { region: 'us-east-1', instance: 'chatbot-prod-replica' };
const { replica: WEST } = chatbot.database;

const failover = { name: 'region-failover', params: {} };
const databaseFailure = {
  name: 'database-failure',
  params: { promoted: { type: 'string' as const, description: '' } },
};
const plan: Plan = planWith([], { runbook: 'database-failure', params: { promoted: '' } });
const movedTo = (to: Moved['to']): Moved => ({ runId: 'INC-1.r1', plan, to });
const completeRecovery = { name: 'complete-recovery', params: {}, nests: ['region-failover'] };
const check =
  (runbook: Parameters<typeof assertOnePrimary>[1]['runbook'], moved?: Moved, params = {}, system: System = chatbot) =>
  () =>
    assertOnePrimary(system, { runbook, params }, moved);

describe('a second promotion', () => {
  it('is refused where an earlier run has promoted another instance, and the way on is named', () => {
    const way = '`/dr run chatbot/database-failure promoted=chatbot-prod-replica`';

    expect(check(failover, movedTo(EAST))).toThrow(
      `INC-1.r1 has promoted chatbot-prod-replica in us-east-1, so promoting another replica would make two primaries. To go on from there: ${way}.`,
    );
    expect(check(databaseFailure, movedTo(EAST))).toThrow(way);
    expect(check(databaseFailure, movedTo(WEST), { promoted: 'chatbot-prod-replica' })).toThrow(
      'promoted=chatbot-prod-replica-west',
    );
  });

  it('is refused where the promotion stands in a runbook that is nested', () => {
    expect(check(completeRecovery, movedTo(EAST))).toThrow(
      'INC-1.r1 has promoted chatbot-prod-replica in us-east-1, so promoting another replica would make two primaries.',
    );
    expect(check(completeRecovery, movedTo(WEST))).not.toThrow();
    expect(check({ ...completeRecovery, nests: ['service-failure'] }, movedTo(EAST))).not.toThrow();
  });

  it('is none where the same instance goes on, or system.yaml was changed since', () => {
    const { database } = chatbot;
    const anew = { ...chatbot, database: { ...database, primary: { ...database.primary, ...EAST } } };

    expect(check(failover)).not.toThrow();
    expect(check(failover, movedTo(WEST))).not.toThrow();
    expect(check(databaseFailure, movedTo(EAST), { promoted: EAST.instance })).not.toThrow();
    expect(check(failover, movedTo(EAST), {}, anew)).not.toThrow();
    expect(check({ name: 'service-failure', params: {} }, movedTo(EAST))).not.toThrow();
  });
});

describe('what an earlier run promoted', () => {
  const promote = plannedStep('promote', {
    uses: 'rds.promote-replica',
    effect: 'irreversible',
    with: EAST,
    dependsOn: [{ region: EAST.region }],
    observation: { state: 'observed', facts: { identifier: EAST.instance, replicaOf: 'x' }, measurements: {} },
  });
  const planned = planWith([promote], { runbook: 'database-failure', params: { promoted: '' } });
  const begun: IncidentEvent[] = [
    { type: 'plan.created', plan: planned },
    approved,
    runStarted,
    { type: 'step.started', runId: 'INC-1.r1', step: 'promote', attempt: 1, operationId: 'o' },
  ];
  const came: IncidentEvent = {
    type: 'step.succeeded',
    runId: 'INC-1.r1',
    step: 'promote',
    attempt: 1,
    outputs: {},
    changes: [{ what: 'it', before: 'a replica', after: 'a primary' }],
    exceptions: [],
  };

  it('is known from its run, and from its plan once another run came after it', () => {
    const next = planWith([plannedStep('restart')], { id: 'INC-1.p2', runbook: 'service-failure' });
    const later: IncidentEvent[] = [
      { type: 'run.finished', runId: 'INC-1.r1', outcome: 'aborted', exceptions: [] },
      { type: 'plan.created', plan: next },
      { type: 'plan.approved', planId: next.id, hash: 'h', by: 'U0APPROVER', signed: [] },
      { type: 'run.started', runId: 'INC-1.r2', planId: next.id, locks: [] },
    ];

    expect(movedIn(stateAfter(declared, ...begun))).toBeUndefined();
    for (const events of [[came], [came, ...later]]) {
      expect(movedIn(stateAfter(declared, ...begun, ...events))).toMatchObject({ runId: 'INC-1.r1', to: EAST });
    }
  });
});

describe('a global cluster that an earlier run moved', () => {
  const TO = { region: WEST.region };
  const switchover = plannedStep('switchover', {
    uses: 'rds.switchover-global-cluster',
    effect: 'irreversible',
    with: { ...TO, globalCluster: 'chatbot-prod-global', target: 'arn' },
    dependsOn: [TO],
    observation: { state: 'observed', facts: { writer: 'other', moved: false }, measurements: {} },
  });
  const state = stateAfter(
    declared,
    { type: 'plan.created', plan: planWith([switchover]) },
    approved,
    runStarted,
    { type: 'step.started', runId: 'INC-1.r1', step: 'switchover', attempt: 1, operationId: 'o' },
    {
      ...{ type: 'step.succeeded', runId: 'INC-1.r1', step: 'switchover', attempt: 1, outputs: {}, exceptions: [] },
      changes: [{ what: 'it', before: 'east', after: 'west' }],
    },
  );

  it('takes writes in the other region, and has lost none', () => {
    expect(movedIn(state)).toMatchObject({ runId: 'INC-1.r1', to: WEST });
    expect(isPromoted(state)).toBe(true);
    expect(state.promotedLoss).toMatchObject({ lossSeconds: 0, lossSource: 'every write was received' });
  });

  it('goes back by a planned move, for its old region follows by itself', () => {
    const back = { system: 'chatbot', to: 'us-east-1' };

    expect(() => requireRegion(chatbot, back, movedIn(state))).toThrow(
      /RDS has us-east-1 follow .* `\/dr failover chatbot --mode planned`\.$/,
    );
    expect(() => requireRegion(chatbot, back, movedTo(WEST))).toThrow(/`\/dr run chatbot\/failback`/);
  });
});

it('knows which runbooks of a system nest which', async () => {
  const { systems } = await loadCatalogue('runbooks');
  const runbooks = systems.chatbot?.runbooks ?? {};
  const nests = (name: string) => nestedRunbooks(runbooks[name] as Runbook, runbooks);

  expect(nests('complete-recovery')).toEqual(['region-failover']);
  expect(nests('region-failover')).toEqual([]);
});
