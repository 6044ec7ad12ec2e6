import { board, type ProgressLines } from '../../src/blocks/board.ts';
import { AFTERWARDS } from './boards/afterwards.ts';
import { ASKING } from './boards/asking.ts';
import { BEFORE } from './boards/before.ts';
import { DECIDING } from './boards/deciding.ts';
import { DURING } from './boards/during.ts';
import { OTHER_WAYS } from './boards/other-ways.ts';
import { AFTER } from './boards/over.ts';
import { PAGING } from './boards/paging.ts';
import { PAUSED } from './boards/paused.ts';
import type { Scene } from './boards/scene.ts';
import { at } from './chatbot-plan.ts';
import { type Exhibit, type ExhibitGroup, item } from './item.ts';
import { story } from './story.ts';

export function boardGroups(): ExhibitGroup[] {
  return [
    { title: 'The board before a run', exhibits: BEFORE.map(exhibit) },
    { title: 'The board while a run is under way', exhibits: DURING.map(exhibit) },
    { title: 'The board when the run is paused', exhibits: PAUSED.map(exhibit) },
    { title: 'The board when people hold, override or stop the run', exhibits: DECIDING.map(exhibit) },
    { title: 'The board of retries, emergencies and runs that replace another', exhibits: OTHER_WAYS.map(exhibit) },
    { title: 'The board of runs that look or ask', exhibits: ASKING.map(exhibit) },
    { title: 'The board when it is over', exhibits: AFTER.map(exhibit) },
    { title: 'The board long after: watches, cool-down and undo', exhibits: AFTERWARDS.map(exhibit) },
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
