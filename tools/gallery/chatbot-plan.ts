import type { Plan, PlannedStep } from '../../src/domain/plan.ts';
import { DETECTED, plannedStep, planWith } from '../../test/support/incident.ts';

/** World time (epoch milliseconds) so many seconds after detection. */
export const at = (seconds: number) => DETECTED + seconds * 1000;

const PRIMARY = 'chatbot-prod.c1a2b3.us-east-1.rds.amazonaws.com:5432';
const EAST = 'chatbot-east-1234567890.us-east-1.elb.amazonaws.com';
const WEST = 'chatbot-west-0987654321.us-west-2.elb.amazonaws.com';
const QUESTION = 'Sign in to chatbot.com and look around as a customer would. Does everything work, without errors?';

type Row = [id: string, title: string, uses: string, change: Partial<PlannedStep>];

const guard = (expect: string): Partial<PlannedStep> => ({ effect: 'read', expect, changes: [], needs: [] });
const read: Partial<PlannedStep> = { effect: 'read', changes: [] };
const change = (what: string, before: string, after: string) => ({ what, before, after });

const ASSESS: Row[] = [
  ['outage', 'Users cannot reach the service', 'http.check', guard('outputs.healthy == false')],
  ['region-status', 'What AWS says of the primary region', 'health.region', { ...read, needs: [] }],
  ['standby', "The standby's database can take over", 'rds.standby-database', guard('outputs.ready')],
  ['standby-services', "The standby region's services answer", 'http.check', guard('outputs.healthy == true')],
  ['standby-load-balancer', "The standby region's load balancer", 'elbv2.target-health', { ...read, needs: [] }],
  ['way-out', 'Traffic can be moved', 'route53.control-plane', guard('outputs.way != "none"')],
  ['capacity', 'The standby cluster has room for full capacity', 'k8s.capacity', guard('outputs.missing == 0')],
  ['loss', 'Predicted data loss is within the RPO', 'postgres.predicted-loss', guard('outputs.lossSeconds <= 300')],
];

const DATA: Row[] = [
  [
    'fence',
    'Stop writes on the old primary',
    'postgres.fence',
    { changes: [change('Sign-in of chatbot_app on chatbot-prod in us-east-1', 'allowed', 'taken away')] },
  ],
  ['catch-up', 'The replica has received every write', 'postgres.catch-up', { effect: 'read', changes: [] }],
  [
    'promote',
    'Promote the replica',
    'rds.promote-replica',
    {
      effect: 'irreversible',
      timeoutSeconds: 600,
      changes: [change('chatbot-prod-replica-west in us-west-2', 'read replica of chatbot-prod', 'standalone primary')],
    },
  ],
  [
    'sign-in-again',
    'The services may sign in to the new primary',
    'postgres.unfence',
    { changes: [change('Sign-in of chatbot_app on ‹promote.endpoint›', 'taken away', 'allowed')] },
  ],
  [
    'switchover',
    'Switch the global cluster over',
    'rds.switchover-global-cluster',
    { effect: 'irreversible', included: false },
  ],
  [
    'global-failover',
    'Fail the global cluster over, without the old region',
    'rds.failover-global-cluster',
    { effect: 'irreversible', included: false },
  ],
  [
    'write-probe',
    'The new primary accepts writes',
    'postgres.write-probe',
    { changes: [change('lifeboat_probe on ‹promote.endpoint›', 'no row of this run', 'written, read, deleted')] },
  ],
];

const APPLICATION: Row[] = [
  [
    'scale',
    'Scale to full capacity',
    'k8s.scale',
    {
      needs: [],
      owner: 'autoscaler chatbot-api',
      changes: [
        change('chatbot-api in us-west-2', 'between 2 and 30 replicas', 'between 20 and 30 replicas'),
        change('websocket-service in us-west-2', '1 replica', '10 replicas'),
        change('auth-service in us-west-2', '1 replica', '5 replicas'),
      ],
    },
  ],
  [
    'connection',
    'Point the services at the new primary',
    'k8s.patch-secret',
    { changes: [change('Secret db-credentials in us-west-2', PRIMARY, '‹promote.endpoint›')] },
  ],
  [
    'restart',
    'Restart the services',
    'k8s.restart',
    { changes: [change('Pods of chatbot-api in us-west-2', 'never restarted on purpose', 'restarted, one by one')] },
  ],
];

const TRAFFIC: Row[] = [
  ['way', 'How traffic is moved now', 'route53.control-plane', { ...read, included: false }],
  [
    'load-balancer',
    'Open the standby load balancer',
    'elbv2.shift-traffic',
    { changes: [change('Load balancer in us-west-2', 'standby page 100', 'service 100')] },
  ],
  [
    'dns',
    'Move the DNS record',
    'route53.upsert',
    { changes: [change('api.chatbot.com CNAME', `${EAST} (TTL 60 s)`, `${WEST} (TTL 60 s)`)] },
  ],
  ['controls', 'Turn the routing controls', 'arc.switch', { included: false }],
  ['object', "Turn the primary record's health check by its object", 'route53.switch-object', { included: false }],
  ['resolvers', 'Public resolvers give the new answer', 'dns.check', read],
];

const VALIDATION: Row[] = [
  ['health', 'Users can read and write', 'http.check', read],
  ['journey', 'A test user signs in, reads and writes', 'http.journey', read],
  [
    'stored-connection',
    'Point Secrets Manager at the new primary',
    'secrets.patch',
    { changes: [change('chatbot/database in us-west-2', PRIMARY, '‹promote.endpoint›')] },
  ],
  ['logs', 'The application logs have no new errors', 'cloudwatch.logs', read],
  [
    'sign-in',
    'Sign-in and logs, checked by a person',
    'manual.confirm',
    { effect: 'read', changes: [], timeoutSeconds: 3600, with: { question: QUESTION } },
  ],
];

const PHASES: { id: string; title: string; targetSeconds: number; rows: Row[] }[] = [
  { id: 'assess', title: 'Assessment', targetSeconds: 300, rows: ASSESS },
  { id: 'data', title: 'Data recovery', targetSeconds: 600, rows: DATA },
  { id: 'application', title: 'Application recovery', targetSeconds: 600, rows: APPLICATION },
  { id: 'traffic', title: 'Traffic failover', targetSeconds: 300, rows: TRAFFIC },
  { id: 'validation', title: 'Validation', targetSeconds: 300, rows: VALIDATION },
];

/** What each guard was measured at while the primary region was away. */
const MEASURED: Record<string, string> = {
  outage: 'healthy false',
  standby: 'ready true',
  'standby-services': 'healthy true',
  'way-out': 'way records',
  capacity: 'missingMillicores 0',
  loss: 'lossSeconds 5',
};

/** The shipped region failover of the chatbot, as it is planned when us-east-1 answers. */
export function chatbotPlan(more: Partial<Plan> = {}): Plan {
  const steps = PHASES.flatMap(({ id: phase, rows }) =>
    rows.map(([id, title, uses, fields]) => plannedStep(id, { phase, title, uses, ...fields })),
  );
  return planWith(steps, {
    phases: PHASES.map(({ id, title, targetSeconds }) => ({ id, title, targetSeconds })),
    guards: ASSESS.filter(([, , , { expect }]) => expect !== undefined).map(([step, title]) => ({
      step,
      title,
      expression: 'x',
      passed: true,
      measured: MEASURED[step] ?? '',
    })),
    predicted: { lossSeconds: 5, durationSeconds: 489, criticalPath: [] },
    reason: 'users see errors',
    createdAt: at(72),
    ...more,
  });
}

/** The same when us-east-1 does not answer: the old primary cannot be fenced, and the approval signs for that. */
export function unfencedPlan(more: Partial<Plan> = {}): Plan {
  const plan = chatbotPlan(more);
  return {
    ...plan,
    steps: plan.steps.map((step) => (step.id === 'fence' ? { ...step, ...unreachable } : step)),
    signatures: [
      {
        kind: 'unfenced',
        subject: 'chatbot-prod in us-east-1',
        sentence:
          'It cannot be reached. If it comes back, it still accepts writes that the new primary will never have.',
      },
    ],
  };
}

const unreachable: Pick<PlannedStep, 'observation' | 'changes'> = {
  observation: {
    state: 'unreachable',
    reason: 'no answer within 2.5 s',
    lastKnown: { role: 'primary', status: 'available', endpoint: 'chatbot-prod.c1a2b3.us-east-1.rds.amazonaws.com' },
    ageSeconds: 77,
  },
  changes: [
    change(
      'Sign-in of chatbot_app on chatbot-prod in us-east-1',
      'not reachable',
      'taken away if it answers in the run, else left',
    ),
  ],
};

/** As unfenced, with a second question beside that about sign-in. */
export function askingTwice(): Plan {
  const plan = unfencedPlan();
  return {
    ...plan,
    steps: plan.steps.flatMap((step) =>
      step.id === 'sign-in'
        ? [
            step,
            {
              ...step,
              id: 'search',
              title: 'Search, checked by a person',
              with: { question: 'Does search find a message of today?' },
            },
          ]
        : [step],
    ),
  };
}

/** A plan that a guard refuses, with the reason that the planner gives. */
export function refusedPlan(step: string, measured: string, reason: string, more: Partial<Plan> = {}): Plan {
  const plan = unfencedPlan(more);
  return {
    ...plan,
    verdict: 'refused',
    guards: plan.guards.map((verdict) =>
      verdict.step === step ? { ...verdict, passed: false, measured, reason } : verdict,
    ),
  };
}
