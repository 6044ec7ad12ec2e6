import { threadLines } from '../../src/blocks/thread.ts';
import type { JournalEntry } from '../../src/domain/events.ts';
import { foldIncident, type IncidentState } from '../../src/domain/incident-state.ts';
import { acted, cleared, heldBack, released, watchFailed, watchPaged } from './boards/afterwards.ts';
import { raised } from './boards/asking.ts';
import { leftOut, replaced } from './boards/other-ways.ts';
import { chatbotPlan, refusedPlan, unfencedPlan } from './chatbot-plan.ts';
import { type Exhibit, type ExhibitGroup, threadItem } from './item.ts';
import { answeredPoint, BEHIND, CRASHING, choosing, FULL, looked } from './other-plans.ts';
import {
  APPROVER,
  aborted,
  approvalBegun,
  attemptFailed,
  begun,
  COMMANDER,
  created,
  declaration,
  drifted,
  failed,
  finished,
  guardsPassed,
  held,
  pastFence,
  pastRestoration,
  promoted,
  RUN,
  restored,
  running,
  started,
  story,
  succeeded,
  type Told,
  unfenced,
  usersSeen,
  watched,
  windowOpened,
} from './story.ts';

interface Scene {
  id: string;
  title: string;
  now: string;
  told: Told[];
}

const open = unfencedPlan();
const NOTHING = 'Nothing: the thread tells what happened, the board what to do.';

const SCENES: Scene[] = [
  {
    id: 'recovery',
    title: 'A recovery, from the page to the end',
    now: NOTHING,
    told: [
      ...pastRestoration(open),
      started('sign-in', 577),
      [640, { type: 'step.answered', runId: RUN, step: 'sign-in', by: APPROVER, confirmed: true }],
      succeeded('sign-in', 640),
      finished(640, 'recovered with exceptions', ['unfenced', 'unprotected']),
      [1200, { type: 'incident.resolved', by: COMMANDER }],
    ],
  },
  {
    id: 'trouble',
    title: 'Failures, a retry, a skip and an abort',
    now: NOTHING,
    told: [
      ...pastFence(open),
      usersSeen(false, 0, 183),
      started('promote', 184),
      failed('promote', 190, 'aws.throttled', 'RDS asks to wait.'),
      [230, { type: 'step.retry-requested', runId: RUN, step: 'promote', by: COMMANDER }],
      started('promote', 231, 2),
      [232, { type: 'step.cleared', runId: RUN, step: 'promote', attempt: 2 }],
      succeeded('promote', 392, { exceptions: ['unprotected'] }),
      started('sign-in-again', 392),
      failed('sign-in-again', 400, 'postgres.refused', 'The database refuses the password of lifeboat.'),
      [420, { type: 'step.skipped', runId: RUN, step: 'sign-in-again', by: COMMANDER, reason: 'done by hand' }],
      started('scale', 421),
      [422, { type: 'step.left-out', runId: RUN, step: 'connection' }],
      aborted(430, 'the primary is back'),
      finished(431, 'aborted', ['unfenced', 'unprotected', 'skipped sign-in-again']),
      usersSeen(true, 440),
    ],
  },
  {
    id: 'plans',
    title: 'What may become of plans',
    now: NOTHING,
    told: [
      declaration,
      [61, { type: 'escalation.reached', tier: 1, action: 'Primary on-call engineer', contact: 'SRE rotation' }],
      [62, { type: 'page.failed', tier: 1, error: { code: 'x', message: 'PagerDuty did not answer.' } }],
      [66, { type: 'plan.failed', planId: 'INC-1.p1', by: COMMANDER, error: { code: 'x', message: 'AWS refuses.' } }],
      created(refusedPlan('loss', 'lossSeconds 612', 'Needed: lossSeconds <= 300.', { id: 'INC-1.p2' }), 90),
      created(chatbotPlan({ id: 'INC-1.p3' }), 120),
      [130, { type: 'plan.rejected', planId: 'INC-1.p3', by: APPROVER }],
      created(chatbotPlan({ id: 'INC-1.p4' }), 140),
      [150, { type: 'plan.approval-begun', planId: 'INC-1.p4', by: APPROVER }],
      [
        152,
        {
          type: 'plan.approval-failed',
          planId: 'INC-1.p4',
          by: APPROVER,
          error: { code: 'x', message: 'AWS refuses.' },
        },
      ],
      [160, { type: 'plan.voided', planId: 'INC-1.p4', difference: ['The replica was promoted by somebody else.'] }],
      created(chatbotPlan({ id: 'INC-1.p5' }), 170),
      [3800, { type: 'plan.expired', planId: 'INC-1.p5' }],
    ],
  },
  {
    id: 'looked',
    title: 'A run that only looks, what it found, and what followed',
    now: NOTHING,
    told: [...looked(CRASHING, BEHIND, FULL), raised, created(chatbotPlan({ id: 'INC-1.p2' }), 130)],
  },
  {
    id: 'chosen',
    title: 'A choice',
    now: NOTHING,
    told: [...choosing(), answeredPoint, succeeded('point', 231, { outputs: { choice: 'dump' } })],
  },
  {
    id: 'declined',
    title: 'A person says no',
    now: NOTHING,
    told: [
      ...begun,
      created(open),
      approvalBegun,
      ...running(open).slice(-2),
      ...guardsPassed,
      ...unfenced,
      ...promoted(open),
      ...restored(open),
      started('sign-in', 577),
      [640, { type: 'step.answered', runId: RUN, step: 'sign-in', by: APPROVER, confirmed: false }],
      failed('sign-in', 640, 'manual.refused', `<@${APPROVER}> answered no: sign-in shows an error page.`),
    ],
  },
  {
    id: 'control',
    title: 'Overrides, a pause, retries and the last moment before the promotion',
    now: NOTHING,
    told: [
      ...begun,
      created(refusedPlan('loss', 'lossSeconds 612', 'Needed: lossSeconds <= 300.')),
      [
        90,
        {
          type: 'plan.guard-overridden',
          planId: 'INC-1.p1',
          step: 'loss',
          by: COMMANDER,
          reason: 'staying down is worse',
          measured: 'lossSeconds 612',
          limit: 'lossSeconds <= 300',
        },
      ],
      [140, { type: 'plan.reminded', planId: 'INC-1.p1', count: 1 }],
      ...running(open).slice(-2),
      held(167, 'the network team looks first'),
      [168, { type: 'run.resumed', runId: RUN, by: COMMANDER }],
      ...unfenced,
      attemptFailed('scale', 185, 195, 'Kubernetes does not answer.'),
      windowOpened(186, 196),
      [196, { type: 'run.abort-window-closed', runId: RUN }],
      drifted('promote', 197, [{ key: 'guard:loss', sentence: 'Predicted data loss: no (lossSeconds 700).' }]),
      [
        210,
        {
          type: 'step.override-requested',
          runId: RUN,
          step: 'promote',
          by: COMMANDER,
          reason: 'staying down is worse',
          accepts: [{ key: 'guard:loss', sentence: 'Predicted data loss: no (lossSeconds 700).' }],
        },
      ],
      [230, { type: 'step.overridden', runId: RUN, step: 'promote', by: APPROVER }],
    ],
  },
  {
    id: 'emergency',
    title: 'A planned run becomes an emergency',
    now: NOTHING,
    told: leftOut,
  },
  {
    id: 'replaced',
    title: 'Another run takes the place of one',
    now: NOTHING,
    told: replaced,
  },
  {
    id: 'afterwards',
    title: 'Long after the end: watches and the cool-down',
    now: NOTHING,
    told: [
      ...pastFence(open),
      watched('unfenced', 184),
      ...promoted(open),
      watched('unprotected', 392),
      finished(640, 'recovered with exceptions', ['unfenced', 'unprotected']),
      heldBack,
      [950, { type: 'cool-down.ended', by: COMMANDER }],
      [1200, { type: 'incident.resolved', by: COMMANDER }],
      [3900, watchFailed[1]],
      acted,
      watchPaged,
      cleared,
      released,
    ],
  },
];

export function threadGroups(): ExhibitGroup[] {
  return [{ title: 'The thread below the board', exhibits: SCENES.map(exhibit) }];
}

function exhibit({ id, title, now, told }: Scene): Exhibit {
  const { journal, state } = story(...told);
  return { item: threadItem({ id: `thread-${id}`, title, now }, linesOf(journal)), journal, state };
}

function linesOf(journal: JournalEntry[]): string[] {
  const lines: string[] = [];
  let before: IncidentState | undefined;
  for (const entry of journal) {
    const after = foldIncident([entry], before);
    if (before && after) lines.push(...threadLines(before, after, entry));
    before = after;
  }
  return lines;
}
