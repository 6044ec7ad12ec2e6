import { pageText } from '../../src/blocks/page.ts';
import { at, unfencedPlan } from './chatbot-plan.ts';
import type { Exhibit, ExhibitGroup } from './item.ts';
import {
  begun,
  created,
  declaration,
  failed,
  guardsPassed,
  running,
  started,
  story,
  type Told,
  unfenced,
} from './story.ts';

interface Scene {
  tier: number;
  title: string;
  now: string;
  told: Told[];
  seen: number;
}

const open = unfencedPlan();

const SCENES: Scene[] = [
  {
    tier: 1,
    title: 'Tier 1, at once',
    now: 'Open #incident-response: a plan is being made.',
    told: [declaration],
    seen: 61,
  },
  {
    tier: 2,
    title: 'Tier 2, while nobody decides',
    now: 'Open #incident-response: a plan waits for approval.',
    told: [...begun, created(open)],
    seen: 900,
  },
  {
    tier: 3,
    title: 'Tier 3, while the run is paused',
    now: 'Open #incident-response: a commander must decide what becomes of the failed promotion.',
    told: [
      ...running(open),
      ...guardsPassed,
      ...unfenced,
      started('promote', 184),
      failed('promote', 240, 'rds.quota', 'RDS refuses the promotion: the storage quota of us-west-2 is used up.'),
    ],
    seen: 1800,
  },
  {
    tier: 4,
    title: 'Tier 4, while the run goes on',
    now: 'Open #incident-response and see that the recovery takes long.',
    told: [...running(open), ...guardsPassed, ...unfenced, started('promote', 184)],
    seen: 3600,
  },
];

export function pageGroups(): ExhibitGroup[] {
  return [{ title: 'Pages, as PagerDuty sends them', exhibits: SCENES.map(exhibit) }];
}

function exhibit({ tier, title, now, told, seen }: Scene): Exhibit {
  const { journal, state } = story(...told);
  const paged = state.tiers.find((candidate) => candidate.tier === tier);
  if (!paged) throw new Error(`there is no tier ${tier}`);
  const { summary, details } = pageText(state, paged, at(seen));
  const lines = Object.entries(details).map(([name, value]) => `${name}: ${value}`);
  const text = [summary, ...lines].join('\n');
  return {
    journal,
    state,
    item: { id: `page-${tier}`, title, now, kind: 'message', message: { text, blocks: [] } },
  };
}
