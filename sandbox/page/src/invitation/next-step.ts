import { formatSeconds } from '../../../../src/domain/format-seconds.ts';
import type { Snapshot } from '../../../control/wire.ts';
import type { Person } from '../../../slack/state.ts';
import { capitalize, faultWords } from '../faults/fault-words.ts';
import { type IncidentSeen, readIncident } from './incident-seen.ts';

/** What the invitation's button leads to. */
export type Offer =
  | { does: 'show the switches'; label: string }
  /** Puts text into the composer of the incident channel, as this person where one is named. */
  | { does: 'write'; label: string; text: string; as?: string }
  /** Shows a message, as this person where one is named. */
  | { does: 'show a message'; label: string; channel: string; ts: string; as?: string }
  | { does: 'reset'; label: string };

export interface NextStep {
  /** 1 to 4: which part of the invitation it belongs to; 5: all of them are done. */
  part: 1 | 2 | 3 | 4 | 5;
  /** The one next thing, in a sentence. */
  sentence: string;
  offer?: Offer;
  /** Nothing is to be done but to watch: a thin line is enough. */
  quiet: boolean;
}

type Told = Pick<Snapshot, 'faults' | 'people' | 'messages' | 'system' | 'recovery'>;

/** What there is to be done next, as the world, the incident and the person who is typing stand. Pure. */
export function nextStep(told: Told, person: Person | undefined): NextStep {
  const incident = readIncident(told);
  if (!incident) return beforeIncident(told, person);
  if (incident.status === 'resolved') return afterIncident(told, incident);
  return duringIncident(told, incident, person);
}

function beforeIncident({ faults, system, people }: Told, person: Person | undefined): NextStep {
  const [first] = faults;
  if (!first) {
    return {
      part: 1,
      sentence: `${system.title} is healthy. Break something: take ${system.primary} away, for example.`,
      offer: { does: 'show the switches', label: 'Show the switches' },
      quiet: false,
    };
  }
  const more = faults.length > 1 ? `, and ${faults.length - 1} more` : '';
  return {
    part: 2,
    sentence: `${capitalize(faultWords(first))}${more}. Ask for a plan: type /dr failover ${system.name} in Slack.`,
    offer: askForPlan(system.name, people, person, 'Write it for me'),
    quiet: false,
  };
}

function afterIncident({ faults, recovery }: Told, { id }: IncidentSeen): NextStep {
  const still = faults[0] ? ` Still on: ${faults.map(faultWords).join(', ')}.` : '';
  const took =
    recovery?.incident === id && recovery.recoveredAt !== undefined
      ? ` after a recovery in ${formatSeconds((recovery.recoveredAt - recovery.detectedAt) / 1000)}`
      : '';
  return {
    part: 5,
    sentence: `${id} is resolved${took}.${still} Reset the world to try another disaster.`,
    offer: { does: 'reset', label: 'Reset…' },
    quiet: false,
  };
}

function duringIncident(told: Told, incident: IncidentSeen, person: Person | undefined): NextStep {
  const { offered, plan } = incident;
  if (offered.has('confirm')) return question(incident, person, told.people);
  if (offered.has('retry')) return paused(incident, person, told.people);
  if (plan?.fate === 'waiting') return decision(told, plan, person);
  if (plan?.fate === 'approved' || offered.has('abort')) {
    return offered.has('resolve') ? ended(told, incident) : watching(told, incident);
  }
  if (plan) return withoutPlan(told, incident, plan.fate, person);
  if (offered.has('resolve')) {
    return {
      part: 3,
      sentence: `No plan could be made for ${incident.id}; the board says why. Mend that, then ask again.`,
      ...showBoard(incident, 'Show the board'),
      quiet: false,
    };
  }
  return {
    part: 3,
    sentence: `${incident.id} is declared. Lifeboat reads the live state of both regions; the plan follows within seconds.`,
    quiet: true,
  };
}

function decision(
  { people, faults }: Told,
  plan: NonNullable<IncidentSeen['plan']>,
  person: Person | undefined,
): NextStep {
  const mayApprove = people.filter(({ name, id }) => name !== 'bystander' && id !== plan.requestedBy);
  const isAllowed = person !== undefined && mayApprove.some(({ id }) => id === person.id);
  const other = isAllowed ? undefined : (mayApprove.find(({ name }) => name === 'approver') ?? mayApprove[0]);
  const { channel, ts } = plan.card;
  const show = { does: 'show a message', channel, ts } as const;
  const healthy = faults.length === 0 ? 'Nothing is broken now. ' : '';
  if (isAllowed || !other) {
    return {
      part: 3,
      sentence: `${healthy}Read plan ${plan.id} and decide: approve it, or reject it. Nothing has been changed yet.`,
      offer: { ...show, label: 'Show the plan' },
      quiet: false,
    };
  }
  const why =
    person?.id === plan.requestedBy ? 'you asked for it, so somebody else must approve it' : 'you may not approve it';
  return {
    part: 3,
    sentence: `${healthy}Plan ${plan.id} waits: ${why}. Approve it as ${other.realName}.`,
    offer: { ...show, as: other.id, label: `Become ${other.realName}` },
    quiet: false,
  };
}

function withoutPlan(
  { system, faults, people }: Told,
  incident: IncidentSeen,
  fate: string,
  person: Person | undefined,
): NextStep {
  const id = incident.plan?.id ?? '';
  if (fate === 'refused') {
    return {
      part: 3,
      sentence: `Plan ${id} is refused, because a guard failed. Its card says which: mend that, then ask again.`,
      ...showPlan(incident, 'Show the plan'),
      quiet: false,
    };
  }
  const became = { rejected: 'was rejected', void: 'is void: the world changed after it was made', expired: 'expired' };
  const said = became[fate as keyof typeof became] ?? 'can no longer be approved';
  if (faults.length === 0) {
    return {
      part: 3,
      sentence: `Plan ${id} ${said}, and nothing is broken. End ${incident.id}: type /dr resolve ${incident.id}.`,
      offer: { does: 'write', label: 'Write it for me', text: `/dr resolve ${incident.id}` },
      quiet: false,
    };
  }
  return {
    part: 3,
    sentence: `Plan ${id} ${said}. Nothing was changed. Ask for a new one: type /dr failover ${system.name}.`,
    offer: askForPlan(system.name, people, person, 'Write it for me'),
    quiet: false,
  };
}

function paused(incident: IncidentSeen, person: Person | undefined, people: Person[]): NextStep {
  const commander = people.find(({ name }) => name === 'commander');
  const become = commander && person?.id !== commander.id ? commander : undefined;
  return {
    part: 4,
    sentence: `The run is paused: a step failed. ${become ? `As ${become.realName}, the commander, decide` : 'Decide'} on the board: retry, skip or abort.`,
    ...showBoard(incident, become ? `Become ${become.realName}` : 'Show the board', become),
    quiet: false,
  };
}

function question(incident: IncidentSeen, person: Person | undefined, people: Person[]): NextStep {
  const able = people.find(({ name }) => name === 'approver') ?? people[0];
  const become = person?.name === 'bystander' ? able : undefined;
  return {
    part: 4,
    sentence: `The run waits for a person's answer${become ? `; a bystander may not give it. Answer as ${become.realName}` : '. Answer the question on the board'}.`,
    ...showBoard(incident, become ? `Become ${become.realName}` : 'Show the question', become),
    quiet: false,
  };
}

function ended({ recovery }: Told, incident: IncidentSeen): NextStep {
  const isRecovered = recovery?.incident === incident.id && recovery.recoveredAt !== undefined;
  const seconds = isRecovered ? ((recovery.recoveredAt ?? 0) - recovery.detectedAt) / 1000 : 0;
  return {
    part: isRecovered ? 5 : 4,
    sentence: isRecovered
      ? `Users can write again, ${formatSeconds(seconds)} after detection, and the run has ended. When the incident is over, resolve it on the board.`
      : 'The run has ended, and the system is not recovered. The board says what was changed: ask for a new plan, or resolve.',
    ...showBoard(incident, 'Show the board'),
    quiet: false,
  };
}

function watching({ recovery }: Told, incident: IncidentSeen): NextStep {
  const canWrite = recovery?.incident === incident.id && recovery.recoveredAt !== undefined;
  return {
    part: 4,
    sentence: canWrite
      ? 'Users can write again; the run verifies it.'
      : 'The board and the map follow the run: nothing needs to be done.',
    quiet: true,
  };
}

/** Whoever has no right to ask is offered to do it as the requester. */
function askForPlan(system: string, people: Person[], person: Person | undefined, label: string): Offer {
  const requester = people.find(({ name }) => name === 'requester');
  const as = person?.name === 'bystander' ? requester?.id : undefined;
  return { does: 'write', label, text: `/dr failover ${system}`, ...(as !== undefined && { as }) };
}

function showBoard({ board }: IncidentSeen, label: string, as?: Person): { offer?: Offer } {
  if (!board) return {};
  return {
    offer: { does: 'show a message', label, channel: board.channel, ts: board.ts, ...(as && { as: as.id }) },
  };
}

function showPlan({ plan }: IncidentSeen, label: string): { offer?: Offer } {
  return plan ? { offer: { does: 'show a message', label, channel: plan.card.channel, ts: plan.card.ts } } : {};
}
