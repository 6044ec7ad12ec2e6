import { mayHasten, signedByEmergency, stepsLeftOut } from '../domain/emergency.ts';
import { InvalidInput } from '../domain/errors.ts';
import { formatSeconds } from '../domain/format-seconds.ts';
import { type IncidentState, planOf, type RunState } from '../domain/incident-state.ts';
import type { Plan } from '../domain/plan.ts';
import type { Access } from '../domain/system.ts';
import type { Decision } from '../engine/ports.ts';
import type { RunbookSummary, UseCaseDependencies } from './dependencies.ts';
import { incidentOf, requireIncident, requireRole, requireRun } from './find.ts';

export interface EmergencyInput {
  user: string;
  runId: string;
  reason: string;
}

type FindRunbook = (system: string, name: string) => Pick<RunbookSummary, 'mode'> | undefined;

/** Lets a planned run go on as an emergency. Throws InvalidInput when it is one, ends, or its runbook has no such mode. */
export async function emergency(parts: UseCaseDependencies, input: EmergencyInput): Promise<void> {
  const { journal, clock, access, queue, runbook } = parts;
  const { id } = await requireIncident(journal, incidentOf(input.runId));
  await journal.decide(id, clock.now(), (state) => decideEmergency(access, runbook, state, input));
  await queue.wake(id);
}

/** What it would mean, a sentence each; changes nothing. Throws InvalidInput where the change itself would. */
export async function aboutEmergency(
  { journal, access, runbook }: Pick<UseCaseDependencies, 'journal' | 'access' | 'runbook'>,
  input: EmergencyInput,
): Promise<string[]> {
  const state = await requireIncident(journal, incidentOf(input.runId));
  decideEmergency(access, runbook, state, input);
  const { run, plan } = requirePlanned(state, input.runId);
  const left = stepsLeftOut(plan, run).map(({ title }) => `“${title}”`);
  const signed = signedByEmergency(plan, run).map((one) => one.replace(/^unfenced:/, ''));
  return [
    ...signed.map(
      (subject) =>
        `You sign that ${subject} stays unfenced if it cannot be reached: should it come back it accepts writes, and it is watched until it is fenced.`,
    ),
    ...(left.length > 0 ? [`Left out, on the record: ${left.join(', ')}.${lossSentence(plan)}`] : []),
    'What only an emergency asks is judged first: a guard that fails pauses the run.',
    'What has been done stays, and steps that have failed are tried again.',
  ];
}

/** What it may cost not to wait any longer, as far as the plan knows. */
function lossSentence({ predicted }: Plan): string {
  const { lossSeconds } = predicted;
  const most =
    lossSeconds === undefined ? 'How much is not known' : `At most ${formatSeconds(lossSeconds)} by the plan`;
  return ` Writes that the replica has not received are lost to users. ${most}; they stay on the old primary: keep its disk.`;
}

/** Pure. The same person's second click changes nothing. */
export function decideEmergency(
  access: Access,
  findRunbook: FindRunbook,
  state: IncidentState,
  { user, runId, reason }: EmergencyInput,
): Decision {
  requireRole(access, state.system, ['command'], user, 'turn a run into an emergency');
  const { run, plan } = requirePlanned(state, runId);
  if (run.modeChange?.by === user) return { events: [] };
  if (run.modeChange) {
    throw new InvalidInput(
      'emergency.late',
      `<@${run.modeChange.by}> already turned ${run.id} into an emergency. Follow it with \`/dr status ${state.id}\`.`,
    );
  }
  if (plan.mode === 'emergency') {
    throw new InvalidInput(
      'emergency.already',
      `${run.id} is an emergency from its start. Follow it with \`/dr status ${state.id}\`.`,
    );
  }
  const modes = findRunbook(plan.systemName, plan.runbook)?.mode;
  if (plan.undoOf !== undefined || (modes && !modes.includes('emergency'))) {
    throw new InvalidInput(
      'emergency.none',
      `“${plan.title}” has no emergency mode: let ${run.id} go on, or stop it with \`/dr abort ${state.id}\`.`,
    );
  }
  if (!mayHasten(plan, run)) {
    throw new InvalidInput(
      'emergency.nothing',
      `${run.id} waits for nothing any more that an emergency would leave out: let it go on, or stop it with \`/dr abort ${state.id}\`.`,
    );
  }
  return {
    events: [
      {
        type: 'run.mode-changed',
        runId: run.id,
        to: 'emergency',
        by: user,
        reason,
        signed: signedByEmergency(plan, run),
      },
    ],
  };
}

function requirePlanned(state: IncidentState, runId: string): { run: RunState; plan: Plan } {
  const run = requireRun(state, runId);
  const plan = planOf(state, run.planId)?.plan;
  if (!plan) throw new Error(`${run.id} has no plan ${run.planId}`);
  return { run, plan };
}
