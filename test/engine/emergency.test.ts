import { afterEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/domain/action.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import type { PlannedStep } from '../../src/domain/plan.ts';
import { createEngineBench, type EngineBench, recordingAction, testAction } from '../support/engine.ts';
import { plannedStep, planWith } from '../support/incident.ts';

const RUN = 'INC-1.r1';
const COMMANDER = 'U0COMMANDER';

let bench: EngineBench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

const named = (id: string, change: Partial<PlannedStep> = {}) => plannedStep(id, { with: { name: id }, ...change });

describe('a planned run that becomes an emergency', () => {
  test('does without graceful steps that have not succeeded, also one under way, and says why', async () => {
    const { action, called } = recordingAction();
    const never = testAction('test.wait', (context) => context.waitUntil<JsonObject>(async () => undefined));
    const plan = planWith(
      [
        named('before', { graceful: true }),
        plannedStep('catch-up', { uses: 'test.wait', graceful: true, needs: ['before'] }),
        named('promote', { needs: ['catch-up'], if: 'mode == "emergency"' }),
      ],
      { mode: 'planned' },
    );
    bench = await createEngineBench(plan, [action, never]);

    const advancing = bench.advance();
    await bench.until(({ run }) => run?.steps['catch-up']?.status === 'running');
    await bench.append({
      type: 'run.mode-changed',
      runId: RUN,
      to: 'emergency',
      by: COMMANDER,
      reason: 'the region went down',
      signed: [],
    });
    await advancing;

    const { run } = await bench.state();
    expect(run?.steps['catch-up']).toMatchObject({
      status: 'left out',
      leftOutBecause: expect.stringContaining('emerg'),
    });
    expect(run?.steps.before?.status).toBe('succeeded');
    expect(called).toEqual(['before', 'promote']);
    expect(run).toMatchObject({ outcome: 'recovered with exceptions', exceptions: ['left out catch-up'] });
  });
});

describe('what an emergency finds', () => {
  const hasten: IncidentEvent = {
    type: 'run.mode-changed',
    runId: RUN,
    to: 'emergency',
    by: COMMANDER,
    reason: 'gone',
    signed: [],
  };

  test('is judged anew: a guard that only an emergency has comes into the run', async () => {
    let healthy = true;
    const look = testAction(
      'test.look',
      async () => ({}),
      () => ({ healthy }),
      'read',
    );
    const never = testAction('test.wait', (context) => context.waitUntil<JsonObject>(async () => undefined));
    const { action, called } = recordingAction();
    const plan = planWith(
      [
        plannedStep('outage', {
          uses: 'test.look',
          effect: 'read',
          if: 'mode == "emergency"',
          readsMode: true,
          included: false,
          expect: 'outputs.healthy == false',
          explain: 'It answers.',
        }),
        plannedStep('catch-up', { uses: 'test.wait', graceful: true, needs: ['outage'] }),
        named('promote', { needs: ['outage', 'catch-up'] }),
      ],
      { mode: 'planned' },
    );
    bench = await createEngineBench(plan, [look, never, action]);

    const advancing = bench.advance();
    await bench.until(({ run }) => run?.steps['catch-up']?.status === 'running');
    await bench.append(hasten);
    await advancing;
    const paused = (await bench.state()).run;
    healthy = false;
    await bench.append({ type: 'step.retry-requested', runId: RUN, step: 'outage', by: COMMANDER });
    await bench.advance();

    expect(paused?.steps.outage).toMatchObject({ status: 'failed', errors: [{ code: 'guard.failed' }] });
    expect(called).toEqual(['promote']);
    expect((await bench.state()).run?.outcome).toBe('recovered with exceptions');
  });

  test('keeps what a step had changed that the run does without', async () => {
    const changes = [{ what: 'connections', before: 'open', after: 'drained' }];
    const noted = Promise.withResolvers<void>();
    const drain = testAction('test.drain', async (context) => {
      await context.assertLease();
      context.changed(changes);
      noted.resolve();
      return context.waitUntil<JsonObject>(async () => undefined);
    });
    const plan = planWith([plannedStep('drain', { uses: 'test.drain', graceful: true })], { mode: 'planned' });
    bench = await createEngineBench(plan, [drain]);

    const advancing = bench.advance();
    await noted.promise;
    await bench.append(hasten);
    await advancing;

    expect((await bench.state()).run?.steps.drain).toMatchObject({ status: 'left out', changes });
  });
});
