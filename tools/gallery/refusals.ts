import { errorCode, LifeboatError, Permanent, Retryable } from '../../src/domain/errors.ts';
import { parseArguments, splitLine } from '../../src/usecases/arguments.ts';
import { requireSystem } from '../../src/usecases/find.ts';
import { interpret } from '../../src/usecases/interpret.ts';
import { dialogDidNotOpen, failed, notRecorded, tooLate } from '../../src/usecases/problems.ts';
import { callerOf, commandOf, REFERENCE, replyExhibit } from './answer.ts';
import type { Exhibit, ExhibitGroup } from './item.ts';
import { ANSWERS } from './refusals/answers.ts';
import { CONTROL } from './refusals/control.ts';
import { LATE } from './refusals/late.ts';
import { MISTYPED } from './refusals/mistyped.ts';
import { SKIP } from './refusals/skip.ts';
import { UNDO } from './refusals/undo.ts';
import { REQUESTER } from './story.ts';

const FAILURES: [id: string, title: string, error: unknown, now: string][] = [
  ['retryable', 'AWS throttles', new Retryable('aws.throttled', 'AWS asks to wait.'), 'Try again in a moment.'],
  [
    'permanent',
    'AWS refuses the credentials',
    new Permanent('aws.denied', 'AWS refuses the credentials of us-west-2 (ExpiredToken).'),
    'Mend the credentials, then ask again.',
  ],
  [
    'unexpected',
    'Lifeboat itself failed',
    new TypeError('x is not a function'),
    'See what stands, then ask again; report it.',
  ],
];

export async function refusalGroups(): Promise<ExhibitGroup[]> {
  const late: Exhibit[] = [];
  for (const scene of [...LATE, ...ANSWERS, ...SKIP, ...CONTROL, ...UNDO]) late.push(await refusedByState(scene));
  return [
    { title: 'Refusals of what was typed', exhibits: MISTYPED.map(refusedAtOnce) },
    { title: 'Refusals by how things stand', exhibits: late },
    { title: 'Failures', exhibits: [...FAILURES.map(failure), ...unanswered()] },
  ];
}

function refusedAtOnce([id, title, typed, by, now]: (typeof MISTYPED)[number]): Exhibit {
  const meant = interpret({ id: REFERENCE, text: typed }, callerOf(by));
  if (!('reply' in meant)) throw new Error(`${typed} was not refused`);
  return replyExhibit({ id: `refused-${id}`, title, now }, meant.reply, undefined, thrownBy(typed));
}

/** Why a typed line is refused before it is asked who typed it. */
function thrownBy(typed: string): string | undefined {
  try {
    const [verb, ...words] = splitLine(typed);
    const command = callerOf(REQUESTER).commands.find((candidate) => candidate.verb === verb);
    const args = command && parseArguments(words, command);
    const system = command?.system?.(args);
    if (system !== undefined) requireSystem(callerOf(REQUESTER).systems, String(system));
    return undefined;
  } catch (error) {
    return errorCode(error);
  }
}

async function refusedByState([id, title, verb, now, decide]: (typeof LATE)[number]): Promise<Exhibit> {
  try {
    await decide();
  } catch (error) {
    // What breaks by itself is no refusal.
    if (!(error instanceof LifeboatError)) throw error;
    const reply = failed(error, { id: REFERENCE, notDone: commandOf(verb).notDone });
    return replyExhibit({ id: `refused-${id}`, title, now }, reply, verb, errorCode(error));
  }
  throw new Error(`${id} was not refused`);
}

function failure([id, title, error, now]: (typeof FAILURES)[number]): Exhibit {
  const reply = failed(error, { id: REFERENCE, notDone: commandOf('failover').notDone });
  return replyExhibit({ id: `failed-${id}`, title, now }, reply, 'failover');
}

/** What is said when Lifeboat, its database or Slack's dialog did not answer. */
function unanswered(): Exhibit[] {
  return [
    replyExhibit(
      {
        id: 'failed-not-recorded',
        title: 'The database does not answer',
        now: 'Try again, or follow the runbook by hand.',
      },
      notRecorded(commandOf('failover')),
      'failover',
    ),
    replyExhibit(
      { id: 'failed-too-late', title: 'Lifeboat was away for half an hour', now: 'Ask again if it is still meant.' },
      tooLate(commandOf('failover')),
      'failover',
    ),
    replyExhibit(
      { id: 'failed-dialog', title: 'The dialog did not open', now: 'Press again, or type the command.' },
      dialogDidNotOpen(commandOf('skip')),
      'skip',
    ),
  ];
}
