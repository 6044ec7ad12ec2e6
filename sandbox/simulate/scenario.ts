import { type IncidentState, planOf } from '../../src/domain/incident-state.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Fault } from '../world/state.ts';
import { createCrew } from './crew.ts';

export interface ScenarioOptions {
  faults: Omit<Fault, 'since'>[];
  mode: 'emergency' | 'planned';
  /** World seconds between the fault and the approval; `never`: nobody approves; undefined: a person's reaction. */
  approveAfter: number | 'never' | undefined;
  /** Why a commander passes the guards that refuse a plan; absent: a refused plan ends the scenario. */
  override?: string;
  /** World seconds after which a run that nobody approves is looked at. */
  forSeconds: number;
}

/** How the people's part of a simulation ended. */
export interface ScenarioResult {
  incident: string | undefined;
  /** World time (epoch milliseconds) at which the trouble began, or at which a planned move was asked for. */
  beganAt: number;
  /** One sentence when it did not come to an end by itself. */
  gaveUp?: string;
}

/** World milliseconds: what is healthy is watched this long before anything breaks. */
const WARM_UP = 20_000;
/** A run that stays paused this long is aborted by the simulation. */
const PAUSED_TOO_LONG = 10 * 60_000;
/** Nothing takes longer than this. */
const LONGEST = 3 * 3600_000;
/** Machine milliseconds between two looks when nothing is heard of. */
const LOOK = 200;

/** Breaks the world, lets people type and click through Slack, and follows the run to its end. */
export async function playScenario(sandbox: Sandbox, options: ScenarioOptions): Promise<ScenarioResult> {
  const { world, cast, systemName, incidentChannel, slack, store } = sandbox;
  const { clock } = world;
  const crew = createCrew(world, slack.workspace, cast, incidentChannel);
  await clock.sleep(WARM_UP);
  await breakWorld(sandbox, options.faults);
  const beganAt = clock.now();
  if (options.faults.length > 0) await clock.sleep(crew.reaction('declare'));
  const reason = options.faults.length > 0 ? 'users report errors' : 'rehearsal';
  await crew.command('requester', `/dr failover ${systemName} --mode ${options.mode} --reason "${reason}"`);

  const done = new Set<string>();
  let pausedSince: number | undefined;
  let incident: string | undefined;
  /** Lets a person react once to what they see. */
  const once = (key: string, act: () => Promise<unknown>, delay = crew.reaction(key)) => {
    if (done.has(key)) return;
    done.add(key);
    // A failure must not go unseen, and the scenario must not wait for a click that was tried.
    clock
      .sleep(delay)
      .then(act)
      .catch((error: unknown) => sandbox.fail(error));
  };
  for (;;) {
    sandbox.assertAlive();
    incident ??= await store.journal.newestIncident(systemName);
    const state = incident ? await store.journal.state(incident) : undefined;
    const now = clock.now();
    if (state) {
      const ended = endOf(state, options);
      if (ended) return { incident: state.id, beganAt };
      decide(state);
      pausedSince = state.run?.status === 'paused' ? (pausedSince ?? now) : undefined;
      if (pausedSince !== undefined && now - pausedSince > PAUSED_TOO_LONG) {
        once('abort', () => crew.command('commander', `/dr abort ${state.id} --yes paused for ten minutes`), 0);
      }
    }
    const overdue = overdueSentence(state, now - beganAt);
    if (overdue) return { incident, beganAt, gaveUp: overdue };
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }

  function decide(state: IncidentState): void {
    const waiting = state.plans.find(({ status }) => status === 'awaiting approval');
    if (waiting && options.approveAfter !== 'never') {
      const { id } = waiting.plan;
      const first = state.plans.length === 1 && options.approveAfter !== undefined;
      const delay = first ? Math.max(0, beganAt + Number(options.approveAfter) * 1000 - clock.now()) : undefined;
      once(`approve ${id}`, () => untilShown(() => crew.press('approver', 'approve', id)), delay);
    }
    const refused = state.plans.at(-1);
    if (refused?.status === 'refused' && options.override !== undefined) {
      for (const { step, passed } of refused.plan.guards) {
        const line = `/dr override ${refused.plan.id} ${step} --reason "${options.override}"`;
        if (!passed) once(line, () => crew.command('commander', line));
      }
    }
    const { run } = state;
    if (!run) return;
    for (const step of planOf(state, run.planId)?.plan.steps ?? []) {
      if (step.uses !== 'manual.confirm' || run.steps[step.id]?.status !== 'running') continue;
      once(`confirm ${step.id}`, () => untilShown(() => crew.press('approver', 'confirm', `${run.id} ${step.id}`)));
    }
  }

  function overdueSentence(state: IncidentState | undefined, passed: number): string | undefined {
    if (options.approveAfter === 'never' && passed > options.forSeconds * 1000) {
      return `Nobody approved a plan within ${Math.round(options.forSeconds / 60)} minutes.`;
    }
    if (passed > LONGEST) return `${state?.id ?? 'The incident'} did not come to an end within three hours.`;
    return undefined;
  }
}

/** A button may reach the screen a moment after the journal knows of it. */
async function untilShown(press: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < 100; look++) {
    if (await press()) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
  throw new Error('the button to press was not shown within 20 s');
}

function endOf(state: IncidentState, { override }: ScenarioOptions): boolean {
  if (state.run?.status === 'finished') return true;
  if (state.run) return false;
  const newest = state.plans.at(-1)?.status;
  if (newest === 'refused') return override === undefined;
  if (newest === 'rejected' || newest === 'expired') return true;
  return newest === undefined && state.planFailure !== undefined;
}

/** Lag first, until it has built up; then what cuts the line, so that the lag is really lost. */
async function breakWorld({ world }: Sandbox, faults: ScenarioOptions['faults']): Promise<void> {
  const { clock } = world;
  const lags = faults.filter(({ name }) => name === 'replica-lag');
  for (const fault of lags) world.switchFault(fault, true);
  const seconds = Math.max(0, ...lags.map((fault) => fault.seconds ?? 0));
  if (seconds > 0) await clock.sleep((seconds + 10) * 1000);
  for (const fault of faults) if (fault.name !== 'replica-lag') world.switchFault(fault, true);
}
