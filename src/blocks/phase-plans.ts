import type { KnownBlock, PlanBlock, TaskCardBlock } from '@slack/web-api';
import type { PhaseProgress } from '../domain/phases.ts';
import { questionKind } from '../domain/questions.ts';
import { charactersOf, cut, type Room, section } from './message.ts';
import { groupLines, type PhaseGroup } from './phases.ts';
import { richText } from './rich-text.ts';
import {
  attemptWords,
  countOf,
  durationOf,
  notFenced,
  type ProgressLines,
  phaseTime,
  type StepEntry,
  stepsThatMatter,
} from './steps.ts';

/** Slack: 255 characters for titles and ids, and no more than 50 tasks in a plan. */
const LONGEST_TITLE = 120;
const LONGEST_ID = 200;

/** How much of it is shown, from all that helps down to what always fits. `words` in characters of one step. */
const DETAILS = [
  { plans: 6, tasks: 12, words: 300 },
  { plans: 4, tasks: 8, words: 160 },
  { plans: 3, tasks: 5, words: 100 },
  { plans: 1, tasks: 5, words: 0 },
  { plans: 0, tasks: 0, words: 0 },
];
/** Phases under way that a line still names when there is no room for more plans. */
const LINES_MORE = 4;
type Detail = (typeof DETAILS)[number];

/**
 * The phases of a run with a plan block for each one under way, its steps as task cards; what is over and what is to
 * come are lines. Slack draws a plan folded to its title, so that says all by itself how far the phase is; its block_id
 * stays the same over all updates, since Slack keeps a plan unfolded by that.
 */
export function phasePlans(groups: PhaseGroup[], progress: ProgressLines, now: number, room: Room): KnownBlock[] {
  const versions = DETAILS.map((detail) => blocksOf(groups, progress, now, detail));
  const fitting = versions.find((blocks) => blocks.length <= room.blocks && charactersOf(blocks) <= room.characters);
  return fitting ?? versions.at(-1) ?? [];
}

function blocksOf(groups: PhaseGroup[], progress: ProgressLines, now: number, detail: Detail): KnownBlock[] {
  const blocks: KnownBlock[] = [];
  let lines: string[] = [];
  let plans = 0;
  const endLines = () => {
    if (lines.length > 0) blocks.push(section(lines));
    lines = [];
  };
  let unnamed = 0;
  for (const group of groups) {
    const [phase] = group.phases;
    if (group.kind !== 'under way' || !phase) lines.push(...groupLines(group, false));
    else if (plans < detail.plans) {
      endLines();
      blocks.push(planBlock(phase, progress, now, detail));
      plans += 1;
    } else if (plans < detail.plans + LINES_MORE) {
      lines.push(...groupLines(group, false));
      plans += 1;
    } else unnamed += 1;
  }
  if (unnamed > 0) lines.push(`… and ${unnamed} more phases are under way`);
  endLines();
  return blocks;
}

function planBlock(phase: PhaseProgress, progress: ProgressLines, now: number, detail: Detail): PlanBlock {
  const failed = phase.steps.filter(({ state }) => state.status === 'failed');
  const [first] = failed;
  const others = failed.length > 1 ? ` and ${failed.length - 1} more` : '';
  const name = cut(phase.title, 60);
  const count = countOf(phase).words;
  const title = first
    ? `${name} stopped at: ${cut(first.step.title, LONGEST_TITLE)}${others} · ${count}`
    : `${name}: ${count} · ${phaseTime(phase, now)}`;
  return {
    type: 'plan',
    block_id: `phase-${phase.id}`.slice(0, LONGEST_ID),
    title: cut(title, 255),
    tasks: stepsThatMatter(phase, detail.tasks).map((entry) =>
      taskCard(entry, progress[entry.step.id]?.sentence, now, detail.words),
    ),
  };
}

const STATUS = {
  waiting: 'pending',
  running: 'in_progress',
  'backing off': 'in_progress',
  succeeded: 'complete',
  failed: 'error',
  skipped: 'complete',
  'left out': 'complete',
} as const;

function taskCard(entry: StepEntry, words: string | undefined, now: number, limit: number): TaskCardBlock {
  const { step, state } = entry;
  const spent = durationOf(entry, now);
  const open = notFenced(entry);
  const kind = state.status === 'skipped' ? 'Skipped: ' : open ? sentence(`${open.is}: `) : '';
  const says = saysNow(entry, words);
  const came = outcomeOf(entry);
  return {
    type: 'task_card',
    task_id: step.id.slice(0, LONGEST_ID),
    title: `${kind}${cut(step.title, LONGEST_TITLE)}${spent ? ` · ${spent}` : ''}`,
    status: STATUS[state.status],
    ...(says && limit > 0 ? { details: richText(cut(says, limit)) } : {}),
    ...(came && limit > 0 ? { output: richText(cut(came, limit)) } : {}),
  };
}

/** Last words of what runs; of what is tried again, which attempt failed and when the next one begins. */
function saysNow({ step, state }: StepEntry, words: string | undefined): string | undefined {
  if (state.status === 'backing off') {
    return `Tried again: ${attemptWords(step, state)}. ${state.errors.at(-1)?.message ?? ''}`.trimEnd();
  }
  return state.status === 'running' && questionKind(step) === undefined ? words : undefined;
}

/** What a step came to, where its title and status do not say it all. */
function outcomeOf(entry: StepEntry): string | undefined {
  const { state } = entry;
  if (state.status === 'failed') return state.errors.at(-1)?.message;
  if (state.status === 'skipped') return `<@${state.skippedBy?.by}>: ${state.skippedBy?.reason}`;
  const open = notFenced(entry);
  return open && sentence(`${open.because}.`);
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
