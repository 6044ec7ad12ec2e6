import { formatSeconds } from '../../../../src/domain/format-seconds.ts';
import type { PlanPicture, RecoveryPicture, Snapshot } from '../../../control/wire.ts';
import type { Person } from '../../../slack/state.ts';
import { capitalize, faultWords } from '../faults/fault-words.ts';
import { findByKey } from './find-messages.ts';

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

export type Told = Pick<Snapshot, 'faults' | 'people' | 'messages' | 'system' | 'recovery' | 'clock'> & {
  /** A database that takes writes, and that nobody should write to any more. */
  unfenced?: string;
};

/** What takes writes although the system writes elsewhere. */
export function unfencedOf({ picture: { databases, writesTo } }: Pick<Snapshot, 'picture'>): string | undefined {
  if (writesTo === undefined) return undefined;
  return databases.find(({ instance, writable, role }) => writable && role === 'primary' && instance !== writesTo)
    ?.instance;
}

/** What there is to be done next, as the world, the incident and the person who is typing stand. Pure. */
export function nextStep(told: Told, person: Person | undefined): NextStep {
  const { recovery } = told;
  if (!recovery) return beforeIncident(told, person);
  if (recovery.status === 'resolved') return afterIncident(told, recovery);
  const { plan, run } = recovery;
  // A plan that was made after the last run has ended, or in its place, is what people decide on now.
  const isUnderWay = run !== undefined && run.status !== 'finished' && plan?.status !== 'awaiting approval';
  if (run && (isUnderWay || run.planId === (plan?.id ?? run.planId))) return duringRun(told, recovery, run, person);
  if (plan) return beforeRun(told, recovery, plan, person);
  return withoutPlan(told, recovery);
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
    offer: askForPlan(system.name, people, person),
    quiet: false,
  };
}

function afterIncident(told: Told, recovery: RecoveryPicture): NextStep {
  const { faults } = told;
  const still = faults.length > 0 ? ` Still on: ${faults.map(faultWords).join(', ')}.` : '';
  const took = recovery.recoveredAt === undefined ? '' : ` after a recovery in ${recoveryTime(recovery)}`;
  return {
    part: 5,
    sentence: `${splitBrain(told)}${recovery.incident} is resolved${took}.${still} Reset the world to try another disaster.`,
    offer: { does: 'reset', label: 'Reset…' },
    quiet: false,
  };
}

function withoutPlan(told: Told, { incident, planFailure }: RecoveryPicture): NextStep {
  if (planFailure === undefined) {
    return { part: 3, sentence: `${incident} is declared. Its plan follows within seconds.`, quiet: true };
  }
  return {
    part: 3,
    sentence: `No plan could be made for ${incident}. The board says why: mend that, then ask again.`,
    ...showBoard(told, incident, 'Show the board'),
    quiet: false,
  };
}

function beforeRun(told: Told, { incident }: RecoveryPicture, plan: PlanPicture, person: Person | undefined): NextStep {
  switch (plan.status) {
    case 'awaiting approval':
      return plan.approvingBy === undefined ? decision(told, plan, person) : comparing(told.people, plan);
    case 'approved':
      return { part: 4, sentence: `Plan ${plan.id} is approved, and its run starts.`, quiet: true };
    case 'refused':
      if (told.faults.length === 0) return nothingIsBroken(told, plan);
      return {
        part: 3,
        sentence: `Plan ${plan.id} cannot be approved, because a guard failed. It says which: mend that and ask again, or override it as a commander.`,
        ...showPlan(told, plan, 'Show the plan'),
        quiet: false,
      };
    case 'rejected':
      return askAgain(told, incident, `Plan ${plan.id} was turned down.`, person);
    case 'voided':
      return askAgain(told, incident, `Plan ${plan.id} is void: the world changed after it was made.`, person);
    case 'expired':
      return askAgain(told, incident, `Plan ${plan.id} expired without a decision.`, person);
  }
}

/** Somebody was eager: there is no outage to recover from. */
function nothingIsBroken({ system }: Told, { id }: PlanPicture): NextStep {
  return {
    part: 1,
    sentence: `Nothing is broken, so plan ${id} cannot be approved. Break something and ask again, or ask for a planned move: /dr failover ${system.name} --mode planned.`,
    offer: { does: 'show the switches', label: 'Show the switches' },
    quiet: false,
  };
}

function decision(told: Told, plan: PlanPicture, person: Person | undefined): NextStep {
  const involved = [plan.requestedBy, ...(plan.overriddenBy ?? [])];
  const mayApprove = told.people.filter(
    ({ name, id }) =>
      name !== 'bystander' && !involved.includes(id) && (plan.aborts === undefined || name === 'commander'),
  );
  const isAllowed = mayApprove.some(({ id }) => id === person?.id);
  const other = named(mayApprove, 'approver') ?? named(mayApprove, 'commander') ?? mayApprove[0];
  const healthy = told.faults.length === 0 ? 'Nothing is broken now. ' : '';
  if (isAllowed || !other) {
    return {
      part: 3,
      sentence: `${healthy}Read plan ${plan.id} and decide: approve it, or reject it. ${plan.aborts === undefined ? 'Nothing has been changed yet.' : `Approving it aborts ${plan.aborts} first.`}`,
      ...showPlan(told, plan, 'Show the plan'),
      quiet: false,
    };
  }
  const why =
    person?.id === plan.requestedBy ? 'you asked for it, so somebody else must approve it' : 'you may not approve it';
  return {
    part: 3,
    sentence: `${healthy}Plan ${plan.id} waits: ${why}. Approve it as ${other.realName}.`,
    ...showPlan(told, plan, `Become ${other.realName}`, other),
    quiet: false,
  };
}

function comparing(people: Person[], { id, approvingBy }: PlanPicture): NextStep {
  const name = people.find((person) => person.id === approvingBy)?.realName ?? 'Somebody';
  return { part: 3, sentence: `${name} approves plan ${id}. It is compared with the live state first.`, quiet: true };
}

/** Nothing was started: either the trouble is still there, or the incident can end. */
function askAgain(
  { system, faults, people }: Told,
  incident: string,
  what: string,
  person: Person | undefined,
): NextStep {
  if (faults.length === 0) {
    return {
      part: 3,
      sentence: `${what} Nothing is broken now: end ${incident} with /dr resolve ${incident}, or ask for a new plan.`,
      offer: {
        ...asRequester(people, person),
        does: 'write',
        label: 'Write it for me',
        text: `/dr resolve ${incident}`,
      },
      quiet: false,
    };
  }
  return {
    part: 3,
    sentence: `${what} Ask for a new one: type /dr failover ${system.name}.`,
    offer: askForPlan(system.name, people, person),
    quiet: false,
  };
}

function duringRun(
  told: Told,
  recovery: RecoveryPicture,
  run: NonNullable<RecoveryPicture['run']>,
  person: Person | undefined,
): NextStep {
  const { incident } = recovery;
  const canWrite = recovery.recoveredAt !== undefined;
  switch (run.status) {
    case 'paused':
      return paused(told, incident, run, person);
    case 'aborting':
      return { part: 4, sentence: 'The run stops. The board will say what was changed.', quiet: true };
    case 'running':
      if (run.question !== undefined) return question(told, incident, run.question, person);
      return {
        part: 4,
        sentence: underWay(told, canWrite, run.begins),
        ...showBoard(told, incident, 'Show the board'),
        quiet: true,
      };
    case 'finished':
      return {
        part: run.recovered ? 5 : 4,
        sentence: run.recovered
          ? `${splitBrain(told)}The run has recovered the system${canWrite ? `: users could write again ${recoveryTime(recovery)} after detection` : ''}. When the incident is over, resolve it on the board.`
          : endedWords(run.undoOf),
        ...showBoard(told, incident, 'Show the board'),
        quiet: false,
      };
  }
}

function endedWords(undoOf: string | undefined): string {
  return undoOf === undefined
    ? 'The run has ended and did not recover the system. The board says what was changed, and what can be done now.'
    : `The undo of ${undoOf} has ended. The board says what was taken back, and what can be done now.`;
}

function underWay({ clock }: Told, canWrite: boolean, begins: string | undefined): string {
  if (clock.speed === 0) return 'The world is paused, and the run with it: choose a speed above.';
  if (begins !== undefined)
    return `“${begins}” begins in a moment and cannot be taken back. To stop it, abort on the board.`;
  return canWrite
    ? 'Users can write again. The run makes sure of it: nothing needs to be done.'
    : 'The board and the map follow the run: nothing needs to be done.';
}

/** The old primary is back: what the board warned of has come true, for the seconds that its watch needs. */
function splitBrain({ unfenced }: Told): string {
  return unfenced === undefined
    ? ''
    : `${unfenced} is back and takes writes too: its watch fences it within seconds, unless somebody released that. `;
}

function paused(
  told: Told,
  incident: string,
  { waitsFor, overrideBy }: NonNullable<RecoveryPicture['run']>,
  person: Person | undefined,
): NextStep {
  if (waitsFor === 'second name') return secondName(told, incident, overrideBy, person);
  const commander = named(told.people, 'commander');
  const become = commander && person?.id !== commander.id ? commander : undefined;
  const as = become ? `As ${become.realName}, the commander, ` : '';
  const sentence =
    waitsFor === 'resume'
      ? `Somebody holds the run. ${capitalize(`${as}resume or abort it on the board.`)}`
      : `The run is paused: a step failed. ${capitalize(`${as}decide on the board`)}, which says what can be done.`;
  return {
    part: 4,
    sentence,
    ...showBoard(told, incident, become ? `Become ${become.realName}` : 'Show the board', become),
    quiet: false,
  };
}

/** An override takes two people: whoever asked for it does not count. */
function secondName(told: Told, incident: string, askedBy: string | undefined, person: Person | undefined): NextStep {
  const maySign = told.people.filter(({ name, id }) => name !== 'bystander' && id !== askedBy);
  const other = named(maySign, 'approver') ?? named(maySign, 'commander') ?? maySign[0];
  const become = maySign.some(({ id }) => id === person?.id) ? undefined : other;
  return {
    part: 4,
    sentence: `The run is paused: an override waits for its second name. ${capitalize(`${become ? `As ${become.realName}, ` : ''}read on the board what it accepts, then sign it or leave it.`)}`,
    ...showBoard(told, incident, become ? `Become ${become.realName}` : 'Show the board', become),
    quiet: false,
  };
}

function question(told: Told, incident: string, asked: string, person: Person | undefined): NextStep {
  const approver = named(told.people, 'approver');
  const become = person?.name === 'bystander' ? approver : undefined;
  return {
    part: 4,
    sentence: `A person must check. ${asked}${become ? ` You may not answer; ${become.realName} may.` : ' Answer on the board. In this world, look whether users’ writes succeed.'}`,
    ...showBoard(told, incident, become ? `Become ${become.realName}` : 'Show the question', become),
    quiet: false,
  };
}

function recoveryTime({ recoveredAt = 0, detectedAt }: RecoveryPicture): string {
  return formatSeconds((recoveredAt - detectedAt) / 1000);
}

function askForPlan(system: string, people: Person[], person: Person | undefined): Offer {
  return { ...asRequester(people, person), does: 'write', label: 'Write it for me', text: `/dr failover ${system}` };
}

/** Whoever has no right to ask is offered to do it as the requester. */
function asRequester(people: Person[], person: Person | undefined): { as?: string } {
  const requester = named(people, 'requester');
  return person?.name === 'bystander' && requester ? { as: requester.id } : {};
}

function showBoard({ messages }: Told, incident: string, label: string, as?: Person): { offer?: Offer } {
  return showMessage(messages, `slack/board/${incident}`, label, as);
}

function showPlan({ messages }: Told, { id }: PlanPicture, label: string, as?: Person): { offer?: Offer } {
  return showMessage(messages, `slack/plan/${id}`, label, as);
}

/** No offer as long as the message was not posted. */
function showMessage(
  messages: Told['messages'],
  key: string,
  label: string,
  as: Person | undefined,
): { offer?: Offer } {
  const message = findByKey(messages, key);
  if (!message) return {};
  const { channel, ts } = message;
  return { offer: { does: 'show a message', label, channel, ts, ...(as && { as: as.id }) } };
}

function named(people: Person[], role: string): Person | undefined {
  return people.find(({ name }) => name === role);
}
