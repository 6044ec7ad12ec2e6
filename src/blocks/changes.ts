import type { KnownBlock } from '@slack/web-api';
import { formatSeconds } from '../domain/format-seconds.ts';
import type { Plan, PlannedStep } from '../domain/plan.ts';
import { escapeText } from './escape.ts';
import { charactersOf, type Room, sections } from './message.ts';

/** A line of the list; `counts` when it is one of the changes and not a word about them. */
interface Line {
  text: string;
  counts: boolean;
}

/** Room that is kept for the sentence about what is not shown. */
const REST: Room = { blocks: 1, characters: 300 };

/**
 * What a plan will change, step by step, in as many sections as there is room for; beyond that it says how many changes
 * are not shown and where all of them are. A step's title stands with its first line, never alone at a section's end.
 */
export function changeSections(plan: Plan, room: Room): KnownBlock[] {
  const parts: Line[] = plan.steps
    .filter(({ included, effect }) => included && effect !== 'read')
    .flatMap((step) => {
      const [first, ...others] = stepLines(step);
      const title = `*${escapeText(step.title)}*${step.effect === 'irreversible' ? ' (cannot be taken back)' : ''}`;
      return [{ text: first ? `${title}\n${first.text}` : title, counts: first?.counts === true }, ...others];
    });
  const heading = '*What will change*';
  const all = sections([heading, ...parts.map(({ text }) => text)]);
  if (fits(all, room)) return all;
  const shown = mostThatFit(parts, heading, room);
  const left = parts.slice(shown).filter(({ counts }) => counts).length;
  const more = left > 0 ? `… and ${left} more ${left === 1 ? 'change' : 'changes'}.` : '…';
  return [
    ...sections([heading, ...parts.slice(0, shown).map(({ text }) => text)]),
    ...sections([`${more} \`lifeboat plan ${plan.systemName}/${plan.runbook}\` shows all.`]),
  ];
}

function mostThatFit(parts: Line[], heading: string, room: Room): number {
  const left = { blocks: room.blocks - REST.blocks, characters: room.characters - REST.characters };
  let shown = 0;
  while (
    shown < parts.length &&
    fits(sections([heading, ...parts.slice(0, shown + 1).map(({ text }) => text)]), left)
  ) {
    shown += 1;
  }
  return shown;
}

function fits(blocks: KnownBlock[], room: Room): boolean {
  return blocks.length <= room.blocks && charactersOf(blocks) <= room.characters;
}

function stepLines({ changes, observation, owner }: PlannedStep): Line[] {
  const lines: Line[] = changes.map(({ what, before, after }) => ({
    text: `• ${escapeText(what)}: ${escapeText(before)} → ${escapeText(after)}`,
    counts: true,
  }));
  const say = (text: string, counts = false) => lines.push({ text: `• ${text}`, counts });
  if (observation.state === 'unreachable') {
    const known = observation.lastKnown
      ? ` Last known ${formatSeconds(observation.ageSeconds ?? 0)} before this plan: ${escapeText(summary(observation.lastKnown))}.`
      : '';
    say(`not reachable: ${escapeText(observation.reason)}.${known}`);
  } else if (observation.state === 'later') {
    // What is named after a step's output says by itself that it is known only then.
    if (changes.length === 0) say(`known after ${observation.after.join(', ')}`, true);
  } else if (changes.length === 0) {
    say('already so, nothing to do');
  }
  if (owner) say(`owned by ${escapeText(owner)}`);
  return lines;
}

/** What identifies a last-known thing; positions and the like help nobody who has to decide. */
const TELLING = ['role', 'status', 'endpoint', 'port', 'healthy', 'active', 'standby'];

function summary(value: Record<string, unknown>): string {
  const telling = Object.entries(value).filter(([name]) => TELLING.includes(name));
  const shown = telling.length > 0 ? telling : Object.entries(value);
  return shown.map(([name, entry]) => `${name} ${String(entry)}`).join(', ');
}
