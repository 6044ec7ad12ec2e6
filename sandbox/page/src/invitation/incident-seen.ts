import type { Snapshot } from '../../../control/wire.ts';
import type { Message } from '../../../slack/state.ts';

/** What became of a plan; `decided` when its card says it in words that are not known here. */
export type PlanFate = 'waiting' | 'approved' | 'refused' | 'rejected' | 'void' | 'expired' | 'decided';

export interface PlanSeen {
  id: string;
  card: Message;
  fate: PlanFate;
  /** Id of the person who asked for it, when the card says so. */
  requestedBy?: string;
}

/** The newest incident as Slack shows it to everybody. */
export interface IncidentSeen {
  id: string;
  status: 'open' | 'resolved';
  /** The one live message; absent as long as it was not posted. */
  board?: Message;
  /** The newest one. */
  plan?: PlanSeen;
  /** Verbs that the board and the newest plan's card offer as buttons now. */
  offered: ReadonlySet<string>;
}

/** Words at the beginning of what a plan's card says, in its bold type. */
const FATES: [RegExp, PlanFate][] = [
  [/\*Waiting for approval/, 'waiting'],
  [/\*Approved/, 'approved'],
  [/\*Refused/, 'refused'],
  [/\*Rejected/, 'rejected'],
  [/\*Void/, 'void'],
  [/\*Expired/, 'expired'],
];

/** Reads the newest incident from the messages that the bot keeps true; undefined before the first. Pure. */
export function readIncident({
  messages,
  recovery,
}: Pick<Snapshot, 'messages' | 'recovery'>): IncidentSeen | undefined {
  const ours = Object.values(messages)
    .flat()
    .flatMap((message): [string, Message][] => {
      const key = message.metadata?.event_payload.key;
      return typeof key === 'string' ? [[key, message]] : [];
    });
  const boards = newestFirst(ours, /^slack\/board\/(.+)$/);
  // Whichever of the two was told first.
  const id = [boards[0]?.[0] ?? '', recovery?.incident ?? ''].sort(byNumber).at(-1);
  if (!id) return undefined;
  const board = boards.find(([incident]) => incident === id)?.[1];
  const [plan] = newestFirst(ours, /^slack\/plan\/(.+)$/).filter(([planId]) => planId.startsWith(`${id}.`));
  const resolved = recovery?.incident === id ? recovery.status === 'resolved' : /\*Resolved\*/.test(board?.text ?? '');
  return {
    id,
    status: resolved ? 'resolved' : 'open',
    ...(board && { board }),
    ...(plan && { plan: readPlan(plan[0], plan[1]) }),
    offered: new Set([...verbsOf(board), ...verbsOf(plan?.[1])]),
  };
}

function readPlan(id: string, card: Message): PlanSeen {
  const requestedBy = /Asked for by <@([UW][A-Z0-9]+)>/.exec(card.text)?.[1];
  const fate = verbsOf(card).includes('approve')
    ? 'waiting'
    : (FATES.find(([words]) => words.test(card.text))?.[1] ?? 'decided');
  return { id, card, fate, ...(requestedBy !== undefined && { requestedBy }) };
}

/** Messages whose key matches, by what the pattern's group holds: `INC-10` stands before `INC-9`. */
function newestFirst(ours: [string, Message][], pattern: RegExp): [string, Message][] {
  return ours
    .flatMap(([key, message]): [string, Message][] => {
      const id = pattern.exec(key)?.[1];
      return id === undefined ? [] : [[id, message]];
    })
    .sort(([a, one], [b, other]) => byNumber(b, a) || byNumber(other.ts, one.ts));
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** Verbs of `/dr` that a message offers as buttons, wherever in its blocks they stand. */
function verbsOf(message: Message | undefined): string[] {
  const verbs: string[] = [];
  const look = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(look);
    else if (typeof value === 'object' && value !== null) {
      const verb = 'action_id' in value && /^dr:([a-z-]+)/.exec(String(value.action_id))?.[1];
      if (verb) verbs.push(verb);
      Object.values(value).forEach(look);
    }
  };
  look(message?.blocks);
  return verbs;
}
