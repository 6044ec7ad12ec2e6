import { at, chatbotPlan } from '../chatbot-plan.ts';
import {
  APPROVER,
  aborted,
  COMMANDER,
  changesOf,
  checking,
  created,
  finished,
  pastFence,
  REQUESTER,
  RUN,
  started,
  succeeded,
  type Told,
  watched,
} from '../story.ts';
import { undoPlan } from '../undo-plan.ts';
import type { Scene } from './scene.ts';

const plan = chatbotPlan();
const undo = undoPlan();
const UNFENCED = `${RUN}/unfenced`;
const UNPROTECTED = `${RUN}/unprotected`;

const recovered: Told[] = [
  ...checking,
  watched('unfenced', 183),
  watched('unprotected', 392),
  finished(640, 'recovered with exceptions', ['unfenced', 'unprotected']),
];
const resolved: Told = [1200, { type: 'incident.resolved', by: COMMANDER }];
export const acted: Told = [
  4000,
  {
    type: 'watch.acted',
    watch: UNFENCED,
    sentence:
      'chatbot-prod in us-east-1 answers again and is fenced: the application cannot sign in and has no session.',
    changes: [{ what: 'Sign-in of chatbot_app on chatbot-prod in us-east-1', before: 'allowed', after: 'taken away' }],
  },
];
export const watchFailed: Told = [
  4000,
  {
    type: 'watch.failed',
    watch: UNFENCED,
    error: { code: 'fence.not-proven', message: 'It answers, but the fence fails again and again. Password refused.' },
  },
];
export const watchPaged: Told = [4004, { type: 'watch.paged', watch: UNFENCED }];
export const cleared: Told = [
  5000,
  {
    type: 'watch.cleared',
    watch: UNPROTECTED,
    sentence: 'chatbot-prod-replica-west in us-west-2 has a read replica again: chatbot-prod-west-2 in us-west-2.',
  },
];
export const released: Told = [
  6000,
  { type: 'watch.released', watch: UNFENCED, by: COMMANDER, reason: 'the old instance is deleted' },
];
export const heldBack: Told = [900, { type: 'start.held-back', trigger: 'alarm chatbot-5xx', until: at(640 + 1800) }];

const abortedChanged: Told[] = [
  ...pastFence(plan),
  started('scale', 184),
  succeeded('scale', 200, { changes: changesOf(plan, 'scale') }),
  aborted(210),
  finished(211, 'aborted'),
];
const undoing: Told[] = [
  ...abortedChanged,
  created(undo, 240),
  [300, { type: 'plan.approved', planId: 'INC-1.p2', hash: undo.hash, by: APPROVER, signed: [] }],
  [300, { type: 'run.started', runId: 'INC-1.r2', planId: 'INC-1.p2', locks: ['system/chatbot'] }],
];
const inUndo = (step: string, seconds: number, isDone: boolean): Told[] => [
  [seconds, { type: 'step.started', runId: 'INC-1.r2', step, attempt: 1, operationId: step }],
  ...(isDone
    ? [
        [
          seconds + 3,
          { type: 'step.succeeded', runId: 'INC-1.r2', step, attempt: 1, outputs: {}, changes: [], exceptions: [] },
        ] as Told,
      ]
    : []),
];
const undone: Told[] = [...undoing, ...inUndo('undo-fence', 300, true), ...inUndo('undo-scale', 303, true)];

/** What a run left open and somebody looks after, what the cool-down held back, and what is taken back. */
export const AFTERWARDS: Scene[] = [
  {
    id: 'watched',
    title: 'Recovered, and what is left open is watched',
    now: 'Create a replica of the new primary, keep clients away from the old one; then end the incident.',
    told: recovered,
    seen: 700,
  },
  {
    id: 'watch-acted',
    title: 'The old primary came back and was fenced, long after the end',
    now: 'Keep clients on the new primary, and save what the old one alone accepted.',
    told: [...recovered, resolved, acted, watchPaged],
    seen: 4100,
  },
  {
    id: 'watch-failed',
    title: 'The old primary came back and could not be fenced',
    now: 'Keep clients away from the old primary, and fence it by hand.',
    told: [...recovered, resolved, watchFailed],
    seen: 4002,
  },
  {
    id: 'watch-ended',
    title: 'A replica exists again, and the old primary is gone for good',
    now: 'Nothing.',
    told: [...recovered, resolved, acted, watchPaged, cleared, released],
    seen: 7000,
  },
  {
    id: 'held-back',
    title: 'An alarm wanted to start a recovery soon after one',
    now: 'Look at the alarm; acknowledge, or start by hand when it is needed.',
    told: [...recovered, heldBack],
    seen: 910,
  },
  {
    id: 'cool-down-ended',
    title: 'Somebody ended the cool-down',
    now: 'End the incident when it is over.',
    told: [...recovered, heldBack, [950, { type: 'cool-down.ended', by: REQUESTER }]],
    seen: 960,
  },
  {
    id: 'aborted-undoable',
    title: 'Aborted, and all that was changed can be undone',
    now: 'Allow writes again: nobody can write anywhere.',
    told: abortedChanged,
    seen: 220,
  },
  {
    id: 'undo-waits',
    title: 'The plan of an undo waits',
    now: 'Somebody other than the requester approves or rejects it.',
    told: [...abortedChanged, created(undo, 240)],
    seen: 250,
  },
  {
    id: 'undo-runs',
    title: 'An undo is under way',
    now: 'Nothing.',
    told: [...undoing, ...inUndo('undo-fence', 300, true), ...inUndo('undo-scale', 303, false)],
    seen: 304,
  },
  {
    id: 'undo-done',
    title: 'An undo is done',
    now: 'Make a new plan, or end the incident.',
    told: [...undone, [307, { type: 'run.finished', runId: 'INC-1.r2', outcome: 'recovered', exceptions: [] }]],
    seen: 320,
  },
  {
    id: 'undo-failed',
    title: 'An undo failed half way',
    now: 'Ask for a plan that undoes the rest.',
    told: [
      ...undoing,
      ...inUndo('undo-fence', 300, true),
      ...inUndo('undo-scale', 303, false),
      [
        306,
        {
          type: 'step.failed',
          runId: 'INC-1.r2',
          step: 'undo-scale',
          attempt: 1,
          error: { code: 'kubernetes.forbidden', message: 'Kubernetes refuses: lifeboat may not patch deployments.' },
          changes: [],
        },
      ],
      [330, { type: 'run.abort-requested', runId: 'INC-1.r2', by: COMMANDER }],
      [331, { type: 'run.finished', runId: 'INC-1.r2', outcome: 'failed', exceptions: ['failed undo-scale'] }],
    ],
    seen: 340,
  },
];
