// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks are written that way
import type { Finding } from '../../src/domain/action.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { declared, plannedStep, planWith } from '../../test/support/incident.ts';
import { at } from './chatbot-plan.ts';
import { APPROVER, paged, REQUESTER, RUN, started, succeeded, type Told } from './story.ts';

const read = { effect: 'read' as const, changes: [], writes: [] };

/** A runbook that only looks: what is wrong with the service, and what would mend it. */
export function diagnosisPlan(more: Partial<Plan> = {}): Plan {
  const steps = [
    plannedStep('answers', { phase: 'look', title: 'What users get', uses: 'http.check', ...read }),
    plannedStep('pods', { phase: 'look', title: 'Pods that fail, and why', uses: 'k8s.pods', ...read }),
    plannedStep('database', { phase: 'look', title: 'How the database does', uses: 'rds.describe', ...read }),
  ];
  return planWith(steps, {
    runbook: 'diagnosis',
    title: 'What is wrong with the service',
    severity: 'P2',
    params: {},
    phases: [{ id: 'look', title: 'Look', targetSeconds: 120 }],
    predicted: { durationSeconds: 40, criticalPath: [] },
    createdAt: at(72),
    ...more,
  });
}

const quietly: Told = [
  60,
  {
    ...(declared as IncidentEvent & { type: 'incident.declared' }),
    title: 'AI Chatbot: What is wrong with the service',
    severity: 'P2',
    reason: 'sign-in feels slow',
    detectedAt: at(60),
    quiet: true,
    tiers: [],
  },
];

/** A quiet incident whose diagnosis has begun, without anybody's approval. */
export const looking = (plan: Plan = diagnosisPlan()): Told[] => [
  quietly,
  [72, { type: 'plan.created', plan }],
  [72, { type: 'plan.approved', planId: plan.id, hash: plan.hash, by: REQUESTER, signed: [] }],
  [72, { type: 'run.started', runId: RUN, planId: plan.id, locks: [] }],
  started('answers', 73),
];

const foundBy = (step: string, seconds: number, finding?: Finding): Told => {
  const [when, event] = succeeded(step, seconds);
  return [when, { ...(event as IncidentEvent & { type: 'step.succeeded' }), ...(finding ? { finding } : {}) }];
};

/** All that it found, and how it ended. */
export const looked = (...found: (Finding | undefined)[]): Told[] => [
  ...looking(),
  foundBy('answers', 76, found[0]),
  started('pods', 76),
  foundBy('pods', 82, found[1]),
  started('database', 82),
  foundBy('database', 90, found[2]),
  [91, { type: 'run.finished', runId: RUN, outcome: 'finished', exceptions: [] }],
];

export const CRASHING: Finding = {
  sentence:
    '3 of 6 pods of chatbot-api in us-east-1 crash: OOMKilled, 512Mi was the limit. Users see errors in 41 % of requests.',
  proposal: 'run chatbot/service-failure',
};
export const BEHIND: Finding = {
  sentence: 'Replication is 640 s behind: WAL segment 000000010000000000000042 is gone from the primary.',
  proposal: 'run chatbot/database-failure',
};
export const FULL: Finding = {
  sentence:
    'Nodes in us-east-1 have room for 2 more pods, and the profile wants 6: add nodes before anything is scaled.',
};

const OPTIONS = [
  {
    value: '2026-03-01T02:55:00Z',
    title: 'Point in time, 02:55 UTC',
    sentence: 'Five minutes before the damage. Loses what was written since: 1,204 messages.',
  },
  { value: 'snapshot-0200', title: 'Snapshot of 02:00 UTC', sentence: 'Loses 1 h of writes, beyond the RPO of 5 min.' },
  { value: 'dump', title: 'Dump of last night', sentence: 'Loses 9 h of writes, beyond the RPO of 5 min.' },
];
const MANY = Array.from({ length: 12 }, (_, index) => ({
  value: `chatbot-prod-2026-02-${String(28 - index)}`,
  title: `Snapshot of 2026-02-${String(28 - index)}`,
  sentence: `Loses ${index + 1} d of writes.`,
}));

/** A recovery that asks people which way to go. */
export function choicePlan(more: Partial<Plan> = {}): Plan {
  const steps = [
    plannedStep('points', { phase: 'assess', title: 'Recovery points', uses: 'rds.recovery-points', ...read }),
    plannedStep('since', {
      phase: 'assess',
      title: 'When the damage began',
      uses: 'manual.fill-in',
      needs: [],
      with: { question: 'Since when is the data wrong, in UTC?', example: '2026-03-01T03:00:00Z' },
      ...read,
    }),
    plannedStep('point', {
      phase: 'assess',
      title: 'The point to go back to',
      uses: 'manual.choose',
      timeoutSeconds: 1800,
      needs: ['points'],
      with: {
        question: 'Which recovery point is restored beside the damaged database?',
        options: '${{ steps.points.outputs.options }}',
      },
      ...read,
    }),
    plannedStep('restore', {
      phase: 'restore',
      title: 'Restore beside',
      uses: 'rds.restore',
      needs: ['point'],
      changes: [{ what: 'chatbot-prod-restored in us-east-1', before: 'none', after: 'created from the chosen point' }],
    }),
  ];
  return planWith(steps, {
    runbook: 'database-corruption',
    title: 'Database corruption',
    severity: 'P1',
    params: {},
    phases: [
      { id: 'assess', title: 'Assessment', targetSeconds: 600 },
      { id: 'restore', title: 'Restore', targetSeconds: 1800 },
    ],
    predicted: { durationSeconds: 1500, criticalPath: [] },
    reason: 'messages are missing',
    createdAt: at(72),
    ...more,
  });
}

/** Its run, up to the question which point; `many` of them. */
export const choosing = ({ many = false } = {}): Told[] => {
  const plan = choicePlan();
  return [
    [
      60,
      {
        ...(declared as IncidentEvent & { type: 'incident.declared' }),
        title: 'AI Chatbot: Database corruption',
        severity: 'P1',
        reason: 'messages are missing',
      },
    ],
    ...paged,
    [72, { type: 'plan.created', plan }],
    [166, { type: 'plan.approved', planId: plan.id, hash: plan.hash, by: APPROVER, signed: [] }],
    [166, { type: 'run.started', runId: RUN, planId: plan.id, locks: ['system/chatbot'] }],
    started('points', 167),
    succeeded('points', 170, { outputs: { options: many ? MANY : OPTIONS } }),
    started('point', 170),
  ];
};

/** The other question, alone. */
export const fillingIn = (): Told[] => [...choosing().slice(0, 6), started('since', 167)];
export const answeredPoint: Told = [
  230,
  { type: 'step.answered', runId: RUN, step: 'point', by: APPROVER, confirmed: true, value: OPTIONS[0]?.value ?? '' },
];
