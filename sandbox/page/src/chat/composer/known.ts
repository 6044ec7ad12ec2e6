import type { Snapshot } from '../../../../control/wire.ts';
import type { Message, Person } from '../../../../slack/state.ts';

/** What completion can offer. Ids are those that this person sees, the newest first. */
export interface Known {
  commands: Snapshot['commands'];
  people: Person[];
  systems: { name: string; title: string }[];
  /** The secondary first: that is where one goes. */
  regions: string[];
  incidents: string[];
  plans: string[];
  runs: string[];
  /** Steps that ask for something, by run. */
  steps: Map<string, string[]>;
}

type Told = Pick<Snapshot, 'commands' | 'people' | 'system' | 'systems' | 'channels' | 'messages' | 'ephemerals'>;

/** What the person may complete with, out of what they see. Pure. */
export function knownTo(person: Person, told: Told): Known {
  const { commands, people, system, systems, channels, messages, ephemerals } = told;
  const visible = channels.filter(({ directTo }) => directTo === undefined || directTo === person.id);
  const seen = [
    ...visible.flatMap(({ id }) => messages[id] ?? []),
    ...ephemerals.filter(({ to }) => to === person.id),
  ].map(idsIn);
  const ids = [...new Set(seen.flatMap(({ ids: some }) => some))].sort(newestFirst);
  const steps = new Map<string, string[]>();
  for (const [run, step] of seen.flatMap(({ steps: some }) => some)) {
    steps.set(run, [...new Set([...(steps.get(run) ?? []), step])]);
  }
  const others = systems.filter(({ name }) => name !== system.name);
  return {
    commands,
    people,
    systems: [{ name: system.name, title: system.title }, ...others],
    regions: [system.secondary, ...system.regions.filter((region) => region !== system.secondary)],
    incidents: [...new Set(ids.map((id) => id.replace(/\..*$/, '')))],
    plans: ids.filter((id) => id.includes('.p')),
    runs: ids.filter((id) => id.includes('.r')),
    steps,
  };
}

interface Ids {
  ids: string[];
  /** Run and step, as buttons carry them. */
  steps: [string, string][];
}

const found = new WeakMap<Message, Ids>();

/** Looked up once for each version of a message. */
function idsIn(message: Message): Ids {
  const before = found.get(message);
  if (before) return before;
  const text = `${message.text} ${message.blocks ? JSON.stringify(message.blocks) : ''}`;
  const ids = {
    ids: [...text.matchAll(/\bINC-\d+(?:\.[pr]\d+)?\b/g)].map(([id]) => id),
    steps: [...text.matchAll(/"value":"(INC-\d+\.r\d+) ([a-z][\w./-]*)/g)].map(
      ([, run = '', step = '']): [string, string] => [run, step],
    ),
  };
  found.set(message, ids);
  return ids;
}

function newestFirst(a: string, b: string): number {
  return b.localeCompare(a, 'en', { numeric: true });
}
