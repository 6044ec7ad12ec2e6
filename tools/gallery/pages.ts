import { pageText } from '../../src/blocks/page.ts';
import { at, chatbotPlan, refusedPlan, unfencedPlan } from './chatbot-plan.ts';
import type { Exhibit, ExhibitGroup } from './item.ts';
import {
  APPROVER,
  aborted,
  begun,
  checking,
  created,
  declaration,
  failed,
  finished,
  pastFence,
  REQUESTER,
  started,
  story,
  type Told,
} from './story.ts';

interface Scene {
  id: string;
  tier: number;
  title: string;
  now: string;
  told: Told[];
  seen: number;
}

const open = unfencedPlan();

const SCENES: Scene[] = [
  {
    id: 'tier-1',
    tier: 1,
    title: 'Tier 1, at once',
    now: 'Open #incident-response: a plan is being made.',
    told: [declaration],
    seen: 61,
  },
  {
    id: 'tier-2',
    tier: 2,
    title: 'Tier 2, while nobody decides',
    now: 'Open #incident-response: a plan waits for approval.',
    told: [...begun, created(open)],
    seen: 900,
  },
  {
    id: 'tier-3',
    tier: 3,
    title: 'Tier 3, while the run is paused',
    now: 'Open #incident-response: a commander must decide what becomes of the failed promotion.',
    told: [
      ...pastFence(open),
      started('promote', 184),
      failed('promote', 240, 'rds.quota', 'RDS refuses the promotion: the storage quota of us-west-2 is used up.'),
    ],
    seen: 1800,
  },
  {
    id: 'tier-4',
    tier: 4,
    title: 'Tier 4, while the run goes on',
    now: 'Open #incident-response and see that the recovery takes long.',
    told: [...pastFence(open), started('promote', 184)],
    seen: 3600,
  },
  {
    id: 'no-plan',
    tier: 2,
    title: 'No plan could be made',
    now: 'Open #incident-response: the credentials of AWS must be mended.',
    told: [
      ...begun,
      [
        70,
        {
          type: 'plan.failed',
          planId: 'INC-1.p1',
          by: REQUESTER,
          error: { code: 'aws.denied', message: 'AWS refuses the credentials of us-west-2 (ExpiredToken).' },
        },
      ],
    ],
    seen: 900,
  },
  {
    id: 'refused',
    tier: 2,
    title: 'The plan is refused',
    now: 'Open #incident-response: too much data would be lost, so something must be mended first.',
    told: [...begun, created(refusedPlan('loss', 'lossSeconds 612', 'Needed: lossSeconds <= 300.'))],
    seen: 900,
  },
  {
    id: 'approving',
    tier: 2,
    title: 'Somebody is approving',
    now: 'Nothing yet; follow #incident-response.',
    told: [...begun, created(open), [895, { type: 'plan.approval-begun', planId: 'INC-1.p1', by: APPROVER }]],
    seen: 900,
  },
  {
    id: 'person',
    tier: 2,
    title: 'A person must check',
    now: 'Sign in as a test user, look at the logs, and answer in #incident-response.',
    told: checking,
    seen: 900,
  },
  {
    id: 'several',
    tier: 2,
    title: 'Two steps failed',
    now: 'Open #incident-response: a commander decides on the promotion and on the scaling.',
    told: [
      ...pastFence(open),
      started('promote', 184),
      started('scale', 184),
      failed('scale', 190, 'kubernetes.forbidden', 'Kubernetes refuses: lifeboat may not patch deployments.'),
      failed('promote', 191, 'aws.denied', 'AWS refuses the credentials of us-west-2 (ExpiredToken).'),
    ],
    seen: 900,
  },
  {
    id: 'aborting',
    tier: 2,
    title: 'The run is being aborted',
    now: 'Nothing yet; what was changed will stand in #incident-response.',
    told: [...pastFence(open), started('promote', 184), aborted(895)],
    seen: 900,
  },
  {
    id: 'aborted',
    tier: 2,
    title: 'The run was aborted',
    now: 'Open #incident-response: writes on the old primary must be allowed again.',
    told: [...pastFence(chatbotPlan()), aborted(180), finished(181, 'aborted')],
    seen: 900,
  },
];

export function pageGroups(): ExhibitGroup[] {
  return [{ title: 'Pages, as PagerDuty sends them', exhibits: SCENES.map(exhibit) }];
}

function exhibit({ id, tier, title, now, told, seen }: Scene): Exhibit {
  const { journal, state } = story(...told);
  const paged = state.tiers.find((candidate) => candidate.tier === tier);
  if (!paged) throw new Error(`there is no tier ${tier}`);
  const { summary, details } = pageText(state, paged, at(seen));
  const lines = Object.entries(details).map(([name, value]) => `${name}: ${value}`);
  const text = [summary, ...lines].join('\n');
  return {
    journal,
    state,
    item: { id: `page-${id}`, title, now, kind: 'page', message: { text, blocks: [] } },
  };
}
