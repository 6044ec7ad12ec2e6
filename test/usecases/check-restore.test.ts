import { describe, expect, it } from '@jest/globals';
import { whatIsWrong } from '../../src/actions/rds/declared-roles.ts';
import type { Action, ObserveContext } from '../../src/domain/action.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import type { IncidentState } from '../../src/domain/incident-state.ts';
import type { System } from '../../src/domain/system.ts';
import { assertNotMoved, movedByAny } from '../../src/usecases/check-restore.ts';
import { seesPromoted } from '../../src/usecases/look-at-promotion.ts';
import { approved, chatbot, declared, plannedStep, planWith, runStarted, stateAfter } from '../support/incident.ts';

const { primary: EAST, replica: WEST } = chatbot.database;
const NEAR = { region: 'us-east-1', instance: 'chatbot-prod-replica' };
const moved = (to: typeof EAST) => ({ runId: 'INC-1.r1', plan: planWith([], { runbook: 'region-failover' }), to });
const check = (to: typeof EAST, system: System = chatbot, hasFailback = true) => {
  return () => assertNotMoved(system, moved(to), () => hasFailback);
};

describe('a restore of the declared primary', () => {
  it('is refused once users are served from another instance, and the way instead is named', () => {
    expect(check(WEST)).toThrow(
      'INC-1.r1 has promoted chatbot-prod-replica-west in us-west-2, and restoring chatbot-prod in us-east-1 would make a second primary beside it: move back first (`/dr run chatbot/failback`), or name chatbot-prod-replica-west as the primary in system.yaml and restart Lifeboat.',
    );
    expect(check(NEAR)).toThrow('beside it: name chatbot-prod-replica as the primary in system.yaml');
    expect(check(WEST, chatbot, false)).toThrow('beside it: name chatbot-prod-replica-west as the primary');
  });

  it('is free after the way back, and once system.yaml was changed', () => {
    const { database } = chatbot;
    const anew = { ...chatbot, database: { ...database, primary: WEST, replica: EAST } };

    expect(check(EAST)).not.toThrow();
    expect(check(WEST, anew)).not.toThrow();
    expect(() => assertNotMoved(chatbot, undefined, () => true)).not.toThrow();
  });

  it('knows a promotion by another system with the same databases', async () => {
    const promote = plannedStep('promote', {
      uses: 'rds.promote-replica',
      effect: 'irreversible',
      with: { ...WEST },
      dependsOn: [{ region: WEST.region }],
      observation: { state: 'observed', facts: { identifier: WEST.instance, replicaOf: 'x' }, measurements: {} },
    });
    const came: IncidentEvent[] = [
      { type: 'plan.created', plan: planWith([promote]) },
      approved,
      runStarted,
      { type: 'step.started', runId: 'INC-1.r1', step: 'promote', attempt: 1, operationId: 'o' },
      {
        type: 'step.succeeded',
        runId: 'INC-1.r1',
        step: 'promote',
        attempt: 1,
        outputs: {},
        changes: [{ what: 'it', before: 'a replica', after: 'a primary' }],
        exceptions: [],
      },
    ];
    const state = stateAfter(declared, ...came);
    const journal = {
      newestIncident: async (system: string, before?: string) =>
        system === 'chatbot' && before === undefined ? state.id : undefined,
      state: async (): Promise<IncidentState> => state,
    };
    const other = { ...chatbot, database: { ...chatbot.database, primary: NEAR } };
    const systems = new Map<string, System>([
      ['chatbot', chatbot],
      ['rds', chatbot],
      ['other', other],
    ]);

    expect(await movedByAny({ journal: journal as never, systems }, chatbot)).toMatchObject({ to: WEST });
    expect(await movedByAny({ journal: journal as never, systems }, other)).toBeUndefined();
  });
});

it.each([
  ['both are as declared', { replicaOf: '' }, { replicaOf: EAST.instance }, undefined],
  ['there is no replica', { replicaOf: '' }, undefined, undefined],
  [
    'the replica was promoted',
    { replicaOf: '' },
    { replicaOf: '' },
    'chatbot-prod-replica-west in us-west-2 is a primary, so users may be served from there: move back first (runbook failback), or name',
  ],
  ['the replica follows another', { replicaOf: '' }, { replicaOf: 'other' }, 'is a replica of other'],
  ['the primary is a replica', { replicaOf: 'other' }, undefined, 'chatbot-prod in us-east-1 is a replica of other'],
  ['the other region does not answer', { replicaOf: '' }, 'silent' as const, 'RDS in us-west-2 does not answer'],
  ['there is no primary', undefined, undefined, 'There is no chatbot-prod in us-east-1'],
])('judges the declared roles: %s', (_what, first, second, sentence) => {
  const wrong = whatIsWrong(chatbot.database, first, second);

  if (sentence === undefined) expect(wrong).toBeUndefined();
  else expect(wrong).toContain(sentence);
});

it.each([
  [true, false],
  [false, true],
])('asks for a promotion only where the fence follows from one (replacing: %s)', async (replacing, promoted) => {
  const fence = plannedStep('fence', { uses: 'postgres.fence', with: replacing ? { replacing } : {} });
  const { run } = stateAfter(declared, { type: 'plan.created', plan: planWith([fence]) }, approved, runStarted);
  const promotion = {
    input: { parse: (input: unknown) => input },
    observe: async () => ({ facts: { replicaOf: '' }, measurements: { status: 'available' } }),
  } as unknown as Action;
  const signal = new AbortController().signal;
  if (!run) throw new Error('there is no run');

  const seen = await seesPromoted({
    plan: planWith([fence]),
    run,
    actions: new Map([['rds.promote-replica', promotion]]),
    context: { signal } as ObserveContext,
    deadline: { signal, expired: new Promise<never>(() => undefined), end: () => undefined },
  });

  expect(seen).toBe(promoted);
});
