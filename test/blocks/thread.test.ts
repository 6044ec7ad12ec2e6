import { describe, expect, test } from '@jest/globals';
import { threadLines } from '../../src/blocks/thread.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import { foldIncident, type IncidentState } from '../../src/domain/incident-state.ts';
import { approved, DETECTED, declared, entriesOf, plannedStep, planWith, runStarted } from '../support/incident.ts';
import { created, started, succeeded } from './support.ts';

function told(...events: IncidentEvent[]): string[] {
  const lines: string[] = [];
  let before: IncidentState | undefined;
  for (const entry of entriesOf(events)) {
    const after = foldIncident([entry], before);
    if (before && after) lines.push(...threadLines(before, after, entry));
    before = after;
  }
  return lines;
}

const plan = planWith([plannedStep('a'), plannedStep('b', { phase: 'traffic', needs: ['a'] })]);

describe('the thread', () => {
  test('tells phase changes in order, once, with the time', () => {
    const lines = told(declared, created(plan), approved, runStarted, started('a'), succeeded('a'), started('b'));

    expect(lines).toEqual([
      '03:00:21 UTC  📋 Plan INC-1.p1 is ready and waits for approval',
      '03:00:22 UTC  ✅ Plan INC-1.p1 approved by <@U0APPROVER>',
      '03:00:24 UTC  ▶️ *Phase data* began (target 10 min)',
      '03:00:25 UTC  ✅ *Phase data* done in 1 s (target 10 min)',
      '03:00:26 UTC  ▶️ *Phase traffic* began (target 10 min)',
    ]);
  });

  test('tells that an approval failed and why, and that a plan expired', () => {
    const planId = 'INC-1.p1';
    const lines = told(
      declared,
      created(plan),
      { type: 'plan.approval-begun', planId, by: 'U0APPROVER' },
      { type: 'plan.approval-failed', planId, by: 'U0APPROVER', error: { code: 'x', message: 'AWS <refuses>.' } },
      { type: 'plan.expired', planId },
    );

    expect(lines.slice(1)).toEqual([
      '03:00:23 UTC  ❗ <@U0APPROVER> could not approve plan INC-1.p1: AWS &lt;refuses&gt;.',
      '03:00:24 UTC  ⌛ Plan INC-1.p1 expired: nobody decided in time',
    ]);
  });

  test('tells decisions with who and why, and escapes what they typed', () => {
    const runId = 'INC-1.r1';
    const lines = told(
      declared,
      created(plan),
      { type: 'plan.reminded', planId: 'INC-1.p1', count: 1 },
      { ...(approved as IncidentEvent & { type: 'plan.approved' }), replaces: 'INC-0.r1' },
      runStarted,
      { type: 'run.pause-requested', runId, by: 'U0COMMANDER', reason: '<!here>' },
      { type: 'run.resumed', runId, by: 'U0COMMANDER' },
      { type: 'run.mode-changed', runId, to: 'emergency', by: 'U0COMMANDER', reason: 'gone', signed: [] },
      { type: 'step.left-out', runId, step: 'b', reason: 'an emergency' },
      { type: 'run.abort-window-opened', runId, step: 'a', until: DETECTED + 60_000 },
      { type: 'run.abort-window-closed', runId },
      { type: 'start.held-back', trigger: 'schedule' },
      { type: 'start.held-back', trigger: 'alarm <x>', until: DETECTED + 600_000 },
      { type: 'cool-down.ended', by: 'U0REQUESTER' },
    );

    expect(lines.slice(1).map((line) => line.replace(/^\S+ UTC {2}/, ''))).toEqual([
      '🔔 Plan INC-1.p1 still waits: an approver or a commander of chatbot decides, not <@U0REQUESTER>, who asked for it',
      '✅ Plan INC-1.p1 approved by <@U0APPROVER>: INC-0.r1 is aborted first',
      '✋ <@U0COMMANDER> holds the run: &lt;!here&gt;',
      '▶️ <@U0COMMANDER> resumed the run',
      '⚡ <@U0COMMANDER> made it an emergency: gone',
      '➖ Left out: Do b (an emergency)',
      '⏳ Do a begins at 03:01:00 UTC and cannot be taken back; until then an abort stops it',
      '❄️ Held back, not started: schedule. While a run is under way nothing else starts by itself',
      '❄️ Held back, not started: alarm &lt;x&gt;. After the run that ended nothing starts by itself until 03:10 UTC',
      '❄️ <@U0REQUESTER> ended the cool-down: starts by alarms are allowed again',
    ]);
  });
});
