import { board, type ProgressLines } from '../../src/blocks/board.ts';
import { at, chatbotPlan, refusedPlan, unfencedPlan } from './chatbot-plan.ts';
import { type Exhibit, type ExhibitGroup, item } from './item.ts';
import {
  APPROVER,
  aborted,
  approvalBegun,
  begun,
  COMMANDER,
  changesOf,
  created,
  declaration,
  failed,
  fenced,
  finished,
  guardsPassed,
  promoted,
  RUN,
  restored,
  running,
  started,
  story,
  succeeded,
  type Told,
  unfenced,
} from './story.ts';

interface Scene {
  id: string;
  title: string;
  now: string;
  told: Told[];
  /** Seconds after detection at which it is looked at. */
  seen: number;
  /** Last words of running steps. */
  says?: Record<string, string>;
}

const plan = chatbotPlan();
const open = unfencedPlan();
const DECLINED = { code: 'manual.refused', message: `<@${APPROVER}> answered no: sign-in shows an error page.` };

const BEFORE: Scene[] = [
  {
    id: 'planning',
    title: 'The plan is being made',
    now: 'Nothing. The plan follows within seconds.',
    told: [declaration],
    seen: 61,
  },
  {
    id: 'plan-failed',
    title: 'The plan could not be made',
    now: 'Mend the credentials of AWS, then ask for the plan again.',
    told: [
      ...begun,
      [
        70,
        {
          type: 'plan.failed',
          planId: 'INC-1.p1',
          by: 'U0REQUESTER',
          error: { code: 'aws.denied', message: 'AWS refuses the credentials of us-west-2 (ExpiredToken).' },
          asked: { mode: 'emergency', reason: 'users see errors' },
        },
      ],
    ],
    seen: 75,
  },
  {
    id: 'waiting',
    title: 'A plan waits for approval',
    now: 'Somebody other than the requester approves or rejects plan INC-1.p1.',
    told: [...begun, created(open)],
    seen: 120,
  },
  {
    id: 'approving',
    title: 'Somebody is approving',
    now: 'Nothing. The live state is being compared with the plan.',
    told: [...begun, created(open), approvalBegun],
    seen: 165,
  },
  {
    id: 'refused',
    title: 'The plan is refused',
    now: 'Mend what the plan says (the replica is too far behind), then ask for a new plan.',
    told: [...begun, created(refusedPlan('loss', 'lossSeconds 612', 'Needed: lossSeconds <= 300.'))],
    seen: 90,
  },
  {
    id: 'rejected',
    title: 'The plan was rejected',
    now: 'Make a new plan, or end the incident.',
    told: [...begun, created(open), [150, { type: 'plan.rejected', planId: 'INC-1.p1', by: APPROVER }]],
    seen: 160,
  },
  {
    id: 'expired',
    title: 'Nobody decided for an hour',
    now: 'Make a new plan, or end the incident.',
    told: [...begun, created(open), [3672, { type: 'plan.expired', planId: 'INC-1.p1' }]],
    seen: 3680,
  },
  {
    id: 'starting',
    title: 'Approved, the run begins',
    now: 'Nothing. The first steps start.',
    told: running(open),
    seen: 166,
  },
];

const DURING: Scene[] = [
  {
    id: 'assessment',
    title: 'Assessment runs',
    now: 'Nothing.',
    told: [...running(open), started('outage', 167), started('standby-database', 167), started('loss', 167)],
    seen: 168,
  },
  {
    id: 'data',
    title: 'Data and application recovery run side by side',
    now: 'Nothing.',
    told: [...running(open), ...guardsPassed, ...unfenced, started('promote', 184), started('scale', 184)],
    seen: 246,
    says: {
      promote: 'modifying for 1 min; promotions take 3 to 5 min.',
      scale: 'chatbot-api 14 of 20, websocket-service 10 of 10, auth-service 5 of 5 ready',
    },
  },
  {
    id: 'application',
    title: 'Application recovery runs',
    now: 'Nothing.',
    told: [
      ...running(plan),
      ...guardsPassed,
      ...fenced(plan),
      ...promoted(plan),
      ...restored(plan).slice(0, 8),
      started('restart', 412),
    ],
    seen: 450,
    says: { restart: 'chatbot-api 9 of 20 pods restarted' },
  },
  {
    id: 'traffic',
    title: 'Traffic moves, and the RTO is missed',
    now: 'Nothing, but users have waited longer than the RTO allows.',
    told: [
      ...running(plan),
      ...guardsPassed,
      ...fenced(plan),
      ...promoted(plan),
      ...restored(plan).slice(0, 10),
      [900, { type: 'escalation.reached', tier: 2, action: 'Escalate to senior SRE', contact: 'SRE manager' }],
      [901, { type: 'page.accepted', tier: 2 }],
      started('load-balancer', 905),
      succeeded('load-balancer', 912, { changes: changesOf(plan, 'load-balancer') }),
      started('dns', 912),
    ],
    seen: 940,
    says: { dns: 'PENDING for 28 s; Route 53 answers INSYNC within 60 s' },
  },
  {
    id: 'person',
    title: 'A person must check',
    now: 'Sign in as a test user, look at the logs, and answer yes or no.',
    told: [
      ...running(open),
      ...guardsPassed,
      ...unfenced,
      ...promoted(open),
      ...restored(open),
      started('sign-in', 577),
    ],
    seen: 610,
    says: { 'sign-in': 'Sign in to chatbot.com as a test user and look at the application logs.' },
  },
  {
    id: 'answered',
    title: 'The person has answered',
    now: 'Nothing. The run ends by itself.',
    told: [
      ...running(open),
      ...guardsPassed,
      ...unfenced,
      ...promoted(open),
      ...restored(open),
      started('sign-in', 577),
      [640, { type: 'step.answered', runId: RUN, step: 'sign-in', by: APPROVER, confirmed: true }],
    ],
    seen: 641,
  },
  {
    id: 'retried',
    title: 'A failed step is tried again',
    now: 'Nothing.',
    told: [
      ...running(plan),
      ...guardsPassed,
      ...fenced(plan),
      started('promote', 184),
      failed('promote', 190, 'aws.throttled', 'RDS asks to wait.'),
      [230, { type: 'step.retry-requested', runId: RUN, step: 'promote', by: COMMANDER }],
      started('promote', 231, 2),
    ],
    seen: 240,
    says: { promote: 'modifying for 8 s; promotions take 3 to 5 min.' },
  },
];

const PAUSED: Scene[] = [
  {
    id: 'paused-action',
    title: 'An action failed',
    now: 'A commander decides: retry when Route 53 can be changed again, skip when it was done by hand, or abort.',
    told: [
      ...running(open),
      ...guardsPassed,
      ...unfenced,
      ...promoted(open),
      ...restored(open).slice(0, 12),
      started('dns', 512),
      failed('dns', 520, 'aws.unavailable', 'Route 53 does not take changes now (ServiceUnavailable).'),
    ],
    seen: 560,
  },
  {
    id: 'paused-fenced',
    title: 'The promotion failed while writes are stopped',
    now: 'A commander decides: retry the promotion, or abort and allow writes on the old primary again.',
    told: [
      ...running(plan),
      ...guardsPassed,
      ...fenced(plan),
      started('promote', 184),
      failed('promote', 240, 'rds.quota', 'RDS refuses the promotion: the storage quota of us-west-2 is used up.'),
    ],
    seen: 250,
  },
  {
    id: 'paused-timeout',
    title: 'A step took too long',
    now: 'A commander decides: retry, skip when it was done by hand, or abort.',
    told: [
      ...running(plan),
      ...guardsPassed,
      ...fenced(plan),
      ...promoted(plan),
      ...restored(plan).slice(0, 6),
      started('restart', 412),
      failed('restart', 1012, 'step.timeout', "Restart the services: not done after 10 min, the step's timeout."),
    ],
    seen: 1020,
  },
  {
    id: 'paused-guard',
    title: 'A guard failed in the run',
    now: 'A commander decides: retry when the replica has caught up, or abort. Nothing was changed.',
    told: [
      ...running(open),
      ...guardsPassed.slice(0, -1),
      failed(
        'loss',
        168,
        'guard.failed',
        'Predicted data loss is within the RPO: no (lossSeconds 612). Promoting now would lose more than the RPO allows.',
      ),
    ],
    seen: 175,
  },
  {
    id: 'paused-guard-again',
    title: 'A guard failed right before the promotion',
    now: 'A commander decides: retry when the replica has caught up, or abort and allow writes again.',
    told: [
      ...running(plan),
      ...guardsPassed,
      ...fenced(plan),
      started('promote', 184),
      failed(
        'promote',
        185,
        'guard.failed',
        'The replica is in service: no (status "rebooting"). Only an available read replica can be promoted.',
      ),
    ],
    seen: 190,
  },
  {
    id: 'paused-no',
    title: 'A person answered no',
    now: 'A commander decides: mend sign-in and retry (which asks again), or skip.',
    told: [
      ...running(open),
      ...guardsPassed,
      ...unfenced,
      ...promoted(open),
      ...restored(open),
      started('sign-in', 577),
      [640, { type: 'step.answered', runId: RUN, step: 'sign-in', by: APPROVER, confirmed: false }],
      failed('sign-in', 640, DECLINED.code, DECLINED.message),
    ],
    seen: 650,
  },
  {
    id: 'paused-nobody',
    title: 'Nobody answered',
    now: 'A commander decides: retry (which asks again), or skip and leave it unchecked.',
    told: [
      ...running(open),
      ...guardsPassed,
      ...unfenced,
      ...promoted(open),
      ...restored(open),
      started('sign-in', 577),
      failed('sign-in', 4177, 'step.timeout', 'Nobody answered within 1 h.'),
    ],
    seen: 4200,
  },
  {
    id: 'paused-several',
    title: 'Two steps failed side by side',
    now: 'A commander decides on both: retry, skip when done by hand, or abort.',
    told: [
      ...running(plan),
      ...guardsPassed,
      ...fenced(plan),
      started('promote', 184),
      started('scale', 184),
      failed('scale', 190, 'kubernetes.forbidden', 'Kubernetes refuses: lifeboat may not patch deployments.'),
      failed('promote', 191, 'aws.denied', 'AWS refuses the credentials of us-west-2 (ExpiredToken).'),
    ],
    seen: 200,
  },
  {
    id: 'skipped',
    title: 'A step was skipped, the run goes on',
    now: 'Nothing. The skipped step will stand in the outcome.',
    told: [
      ...running(open),
      ...guardsPassed,
      ...unfenced,
      ...promoted(open),
      ...restored(open).slice(0, 12),
      started('dns', 512),
      failed('dns', 520, 'aws.unavailable', 'Route 53 does not take changes now (ServiceUnavailable).'),
      [600, { type: 'step.skipped', runId: RUN, step: 'dns', by: COMMANDER, reason: 'changed by hand in the console' }],
      started('resolvers', 601),
    ],
    seen: 620,
    says: { resolvers: 'cloudflare gives the old answer for 40 s more' },
  },
];

const AFTER: Scene[] = [
  {
    id: 'aborting',
    title: 'The run is being aborted',
    now: 'Nothing yet. What was changed will be said in a moment.',
    told: [
      ...running(plan),
      ...guardsPassed,
      ...fenced(plan),
      started('promote', 184),
      aborted(230, 'the primary is back'),
    ],
    seen: 231,
  },
  {
    id: 'aborted-untouched',
    title: 'Aborted before anything was changed',
    now: 'Make a new plan, or end the incident. Nothing has to be undone.',
    told: [...running(plan), ...guardsPassed, aborted(169), finished(170, 'aborted')],
    seen: 180,
  },
  {
    id: 'aborted-fenced',
    title: 'Aborted while writes are stopped',
    now: 'Allow writes on the old primary again with the SQL shown: nobody can write anywhere.',
    told: [...running(plan), ...guardsPassed, ...fenced(plan), aborted(180), finished(181, 'aborted')],
    seen: 190,
  },
  {
    id: 'aborted-half-done',
    title: 'Aborted in the middle of the promotion',
    now: 'Look whether the replica was promoted; then finish by hand.',
    told: [
      ...running(plan),
      ...guardsPassed,
      ...fenced(plan),
      started('promote', 184),
      aborted(230),
      failed(
        'promote',
        231,
        'run.aborted',
        `Stopped: <@${COMMANDER}> aborted the run. It may be half done; look before you go on.`,
      ),
      finished(231, 'aborted'),
    ],
    seen: 240,
  },
  {
    id: 'recovered',
    title: 'Recovered',
    now: 'End the incident with Resolve when it is over.',
    told: [
      ...running(plan),
      ...guardsPassed,
      ...fenced(plan),
      ...promoted(plan),
      ...restored(plan),
      started('sign-in', 577),
      succeeded('sign-in', 640),
      finished(640, 'recovered'),
    ],
    seen: 700,
  },
  {
    id: 'recovered-exceptions',
    title: 'Recovered with exceptions',
    now: 'Keep clients away from the old primary and create a replica of the new one; then end the incident.',
    told: [
      ...running(open),
      ...guardsPassed,
      ...unfenced,
      ...promoted(open),
      ...restored(open).slice(0, 12),
      started('dns', 512),
      failed('dns', 520, 'aws.unavailable', 'Route 53 does not take changes now.'),
      [600, { type: 'step.skipped', runId: RUN, step: 'dns', by: COMMANDER, reason: 'changed by hand in the console' }],
      ...restored(open).slice(14),
      started('sign-in', 577),
      succeeded('sign-in', 1000),
      finished(1000, 'recovered with exceptions', ['unfenced', 'unprotected', 'skipped dns']),
    ],
    seen: 1010,
  },
  {
    id: 'failed',
    title: 'The run failed',
    now: 'Finish by hand: the replica was promoted, so the runbook cannot be planned again.',
    told: [
      ...running(plan),
      ...guardsPassed,
      ...fenced(plan),
      ...promoted(plan),
      finished(500, 'failed', ['unprotected']),
    ],
    seen: 520,
  },
  {
    id: 'second-plan',
    title: 'A second plan after an aborted run',
    now: 'Somebody other than the requester approves or rejects plan INC-1.p2.',
    told: [
      ...running(plan),
      ...guardsPassed,
      aborted(169),
      finished(170, 'aborted'),
      created(chatbotPlan({ id: 'INC-1.p2', createdAt: at(300) }), 300),
    ],
    seen: 310,
  },
  {
    id: 'resolved',
    title: 'Resolved after the recovery',
    now: 'Nothing, except what the exceptions ask for.',
    told: [
      ...running(open),
      ...guardsPassed,
      ...unfenced,
      ...promoted(open),
      ...restored(open),
      started('sign-in', 577),
      succeeded('sign-in', 640),
      finished(640, 'recovered with exceptions', ['unfenced', 'unprotected']),
      [1200, { type: 'incident.resolved', by: COMMANDER }],
    ],
    seen: 5000,
  },
  {
    id: 'resolved-untouched',
    title: 'Resolved without a run',
    now: 'Nothing.',
    told: [
      ...begun,
      created(open),
      [200, { type: 'plan.voided', planId: 'INC-1.p1', difference: [`<@${COMMANDER}> resolved the incident.`] }],
      [200, { type: 'incident.resolved', by: COMMANDER }],
    ],
    seen: 300,
  },
];

const PAGING: Scene[] = [
  {
    id: 'page-failed',
    title: 'PagerDuty does not answer',
    now: 'Call the SRE rotation by telephone; somebody else approves or rejects the plan.',
    told: [
      declaration,
      [61, { type: 'escalation.reached', tier: 1, action: 'Primary on-call engineer', contact: 'SRE rotation' }],
      [
        62,
        {
          type: 'page.failed',
          tier: 1,
          error: { code: 'pagerduty.unreachable', message: 'PagerDuty did not answer; the page is sent again.' },
        },
      ],
      created(open),
    ],
    seen: 100,
  },
  {
    id: 'all-paged',
    title: 'An hour of indecision: every tier was paged',
    now: 'Somebody other than the requester approves or rejects plan INC-1.p1.',
    told: [
      ...begun,
      created({ ...open, createdAt: at(1800) }, 1800),
      ...[2, 3, 4].flatMap((tier): Told[] => [
        [tier * 900, { type: 'escalation.reached', tier, action: 'Escalate', contact: 'the next ones' }],
        [tier * 900 + 1, { type: 'page.accepted', tier }],
      ]),
    ],
    seen: 3700,
  },
];

export function boardGroups(): ExhibitGroup[] {
  return [
    { title: 'The board before a run', exhibits: BEFORE.map(exhibit) },
    { title: 'The board while a run is under way', exhibits: DURING.map(exhibit) },
    { title: 'The board when the run is paused', exhibits: PAUSED.map(exhibit) },
    { title: 'The board when it is over', exhibits: AFTER.map(exhibit) },
    { title: 'The board and the escalation', exhibits: PAGING.map(exhibit) },
  ];
}

function exhibit({ id, title, now, told, seen, says = {} }: Scene): Exhibit {
  const { journal, state } = story(...told);
  const progress: ProgressLines = Object.fromEntries(
    Object.entries(says).map(([step, sentence]) => [step, { sentence, at: at(seen) }]),
  );
  const shown = item({ id: `board-${id}`, title, now, kind: 'message' }, board(state, progress, at(seen)));
  return { item: shown, journal, state };
}
