import { summarize } from '../../../src/usecases/status.ts';
import { AFTERWARDS } from '../boards/afterwards.ts';
import { DECIDING } from '../boards/deciding.ts';
import { OTHER_WAYS } from '../boards/other-ways.ts';
import type { Scene as Board } from '../boards/scene.ts';
import { at } from '../chatbot-plan.ts';
import { story } from '../story.ts';
import type { Scene } from './scene.ts';

const BOARDS = new Map([...DECIDING, ...OTHER_WAYS, ...AFTERWARDS].map((board) => [board.id, board]));

/** What /dr status says of the incident that a board shows. */
function statusOf(id: string): Scene {
  const board: Board | undefined = BOARDS.get(id);
  if (!board) throw new Error(`there is no board ${id}`);
  const { title, now, told, seen } = board;
  const incidents = [summarize(story(...told).state, at(seen))];
  return {
    id: `status-${id}`,
    title,
    now,
    typed: 'status INC-1',
    with: { status: async () => ({ incidents, quiet: [], coolDowns: [], watches: [], problems: [] }) },
  };
}

/** The same incidents as on the boards, as they are told to whoever asks. */
export const CONTROLLED: Scene[] = [
  'held',
  'abort-window',
  'drift',
  'override-asked',
  'backing-off',
  'emergency',
  'replaced',
  'watch-acted',
  'watch-failed',
  'held-back',
  'aborted-undoable',
  'undo-done',
].map(statusOf);
