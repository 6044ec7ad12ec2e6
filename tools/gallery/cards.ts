import { planCard } from '../../src/blocks/plan-card.ts';
import { DECIDED } from './cards/decided.ts';
import { OVERRIDDEN } from './cards/overridden.ts';
import { REFUSED } from './cards/refused.ts';
import type { Scene } from './cards/scene.ts';
import { WAITING } from './cards/waiting.ts';
import { at } from './chatbot-plan.ts';
import { type Exhibit, type ExhibitGroup, item } from './item.ts';
import { story } from './story.ts';

export function cardGroups(): ExhibitGroup[] {
  return [
    { title: 'The plan, before the decision', exhibits: WAITING.map(exhibit) },
    { title: 'The plan, overridden, warned of, or in place of a run', exhibits: OVERRIDDEN.map(exhibit) },
    { title: 'The plan, decided', exhibits: DECIDED.map(exhibit) },
    { title: 'The plan, refused by each guard', exhibits: REFUSED.map(exhibit) },
  ];
}

function exhibit({ id, title, now, told, seen = 120, plan: wanted = 'INC-1.p1' }: Scene): Exhibit {
  const { journal, state } = story(...told);
  const entry = state.plans.find((candidate) => candidate.plan.id === wanted);
  if (!entry) throw new Error(`the story of ${id} has no plan ${wanted}`);
  const shown = item({ id: `plan-${id}`, title, now, kind: 'message' }, planCard(state, entry, at(seen)));
  return { item: shown, journal, state };
}
