import { describe, expect, it } from '@jest/globals';
import type { Plan } from '../../src/domain/plan.ts';
import type { System } from '../../src/domain/system.ts';
import { assertOnePrimary, type Moved } from '../../src/usecases/check-failover.ts';
import { chatbot, planWith } from '../support/incident.ts';

const EAST = { region: 'us-east-1', instance: 'chatbot-prod-replica' };
const { replica: WEST } = chatbot.database;

const failover = { name: 'region-failover', params: {} };
const databaseFailure = {
  name: 'database-failure',
  params: { promoted: { type: 'string' as const, description: '' } },
};
const plan: Plan = planWith([], { runbook: 'database-failure', params: { promoted: '' } });
const movedTo = (to: Moved['to']): Moved => ({ runId: 'INC-1.r1', plan, to });
const check =
  (runbook: typeof failover | typeof databaseFailure, moved?: Moved, params = {}, system: System = chatbot) =>
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
