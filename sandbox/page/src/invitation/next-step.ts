import type { PlanPicture, RecoveryPicture, Snapshot } from '../../../control/wire.ts';
import type { Person } from '../../../slack/state.ts';
import { capitalize, faultWords } from '../faults/fault-words.ts';
import { duringRun } from './during-run.ts';
import { type NextStep, named, type Offer, recoveryTime, showBoard, showPlan, splitBrain, type Told } from './told.ts';

export type { NextStep, Offer, Told } from './told.ts';

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
  { system, faults, people, recovery }: Told,
  incident: string,
  what: string,
  person: Person | undefined,
): NextStep {
  const again = recovery?.plan?.again ?? `/dr failover ${system.name}`;
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
    sentence: `${what} Ask for a new one: type ${again}.`,
    offer: { ...asRequester(people, person), does: 'write', label: 'Write it for me', text: again },
    quiet: false,
  };
}

function askForPlan(system: string, people: Person[], person: Person | undefined): Offer {
  return { ...asRequester(people, person), does: 'write', label: 'Write it for me', text: `/dr failover ${system}` };
}

/** Whoever has no right to ask is offered to do it as the requester. */
function asRequester(people: Person[], person: Person | undefined): { as?: string } {
  const requester = named(people, 'requester');
  return person?.name === 'bystander' && requester ? { as: requester.id } : {};
}
