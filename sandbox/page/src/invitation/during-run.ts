import type { RecoveryPicture } from '../../../control/wire.ts';
import type { Person } from '../../../slack/state.ts';
import { capitalize } from '../faults/fault-words.ts';
import { type NextStep, named, recoveryTime, showBoard, splitBrain, type Told } from './told.ts';

/** What is to be done while a run is under way, or once it has ended. Pure. */
export function duringRun(
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
