import type { IncidentState } from '../../src/domain/incident-state.ts';
import { isUndo } from '../../src/domain/recovery.ts';
import type { Turn } from '../../src/domain/simulation.ts';
import { FAILOVER_RUNBOOK } from '../../src/domain/start-line.ts';
import { pause } from '../../src/engine/pause.ts';
import { STABLE } from '../client/client.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Fault } from '../world/state.ts';
import { type Crew, createCrew } from './crew.ts';
import { createPace } from './pace.ts';
import { isTooLong, type Moment, momentOf, patience } from './patience.ts';
import { type Behaviour, react } from './reactions.ts';
import { type Settings, settingsOf } from './settings.ts';
import { createTurns } from './turns.ts';

export interface ScenarioOptions {
  faults: Omit<Fault, 'since'>[];
  mode: 'emergency' | 'planned';
  /** Absent: the failover of the whole region. */
  runbook?: string;
  params?: Readonly<Record<string, string | number | boolean>>;
  /** World seconds between the fault and the command; absent: a person's reaction, or none where nothing is broken. */
  askedAfter?: number;
  /** World seconds between the fault and the approval; `never`: nobody approves; undefined: a person's reaction. */
  approveAfter: number | 'never' | undefined;
  /** Why a commander passes guards that do not hold, and which (absent: all); absent: a refused plan ends the scenario. */
  override?: { reason: string; steps?: readonly string[] };
  /** World seconds after which a run that nobody approves is looked at. */
  forSeconds: number;
  /** What happens to the world under way. */
  turns?: readonly Turn[];
  /** What people answer, by step; one that is not listed is confirmed. */
  answers?: Readonly<Record<string, string | boolean>>;
  /** The run is aborted as soon as this step has succeeded. */
  abortAfter?: string;
  /** After that, what it changed is undone. */
  undo?: boolean;
}

/** How the people's part of a simulation ended. */
export interface ScenarioResult {
  incident: string | undefined;
  /** World time (epoch milliseconds) at which the trouble began, or at which a planned move was asked for. */
  beganAt: number;
  /** How everything was set when people asked for the plan. */
  before: Settings;
  /** Whether users could write then. */
  usersWrote: boolean;
  /** What should have happened under way and did not, because its moment never came. */
  missed: readonly Turn[];
  /** One sentence when it did not come to an end by itself. */
  gaveUp?: string;
}

/** World milliseconds: what is healthy is watched this long before anything breaks. */
const WARM_UP = 20_000;
/** A run that stays paused this long is aborted by the simulation. */
const PAUSED_TOO_LONG = patience(10 * 60_000);
/** By then a command was understood or not. */
const ANSWERED = patience(10 * 60_000);
/** Nothing takes longer than this. */
const LONGEST = 3 * 3600_000;
/** Machine milliseconds between two looks when nothing is heard of: for what comes with time alone. */
const LOOK = 200;

/** Breaks the world, lets people type and click through Slack, and follows the run to its end. */
export async function playScenario(sandbox: Sandbox, options: ScenarioOptions): Promise<ScenarioResult> {
  const { world, cast, systemName, incidentChannel, slack, store, databases } = sandbox;
  const { clock } = world;
  const crew = createCrew(world, slack.workspace, cast, incidentChannel);
  await clock.sleep(WARM_UP);
  await breakWorld(sandbox, options.faults);
  const beganAt = clock.now();
  if (options.askedAfter !== undefined) await clock.sleep(options.askedAfter * 1000);
  else if (options.faults.length > 0) await clock.sleep(crew.reaction('declare'));
  const before = await settingsOf(world.state, databases);
  const usersWrote = sandbox.client.writingSince(STABLE) !== undefined;
  const earlier = await store.journal.newestIncident(systemName);
  await ask(crew, systemName, options);
  const askedAt = momentOf(clock);

  const pace = createPace(world, options.abortAfter);
  const turns = createTurns(world, options.turns ?? [], beganAt);
  let seen: IncidentState | undefined;
  const goesOn = (runId: string) => seen?.run?.id === runId && seen.run.status !== 'finished';
  const behaviour = behaviourOf(options, () => beganAt - clock.now(), goesOn);
  const done = new Set<string>();
  let pausedSince: Moment | undefined;
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
  const changes = await changesOf(store.journal);
  try {
    for (;;) {
      sandbox.assertAlive();
      const newest = await store.journal.newestIncident(systemName);
      if (newest !== earlier) incident ??= newest;
      const state = incident ? await store.journal.state(incident) : undefined;
      seen = state;
      const now = momentOf(clock);
      turns.look(state?.run);
      pace.look(state);
      if (state) {
        if (hasEnded(state, options))
          return { incident: state.id, beganAt, before, usersWrote, missed: turns.waiting() };
        react(state, behaviour, crew, once);
        pausedSince = state.run?.status === 'paused' ? (pausedSince ?? now) : undefined;
        if (pausedSince && isTooLong(pausedSince, now, PAUSED_TOO_LONG)) {
          const line = `/dr abort ${state.id} --yes paused for ten minutes`;
          once(`give up ${state.run?.id}`, () => crew.command('commander', line), 0);
        }
      }
      const overdue = state
        ? overdueSentence(state, now.world - beganAt, options)
        : isTooLong(askedAt, now, ANSWERED) && `No incident was declared. The bot said: ${lastWords(sandbox)}`;
      if (overdue) return { incident, beganAt, before, usersWrote, missed: turns.waiting(), gaveUp: overdue };
      await changes.next();
    }
  } finally {
    pace.close();
    await changes.close();
  }
}

/** `next` resolves once the journal has changed since it did so last, and after `LOOK` in any case. */
async function changesOf(journal: Sandbox['store']['journal']) {
  let change = new AbortController();
  const close = await journal.subscribe(() => change.abort());
  return {
    async next(): Promise<void> {
      await pause(LOOK, change.signal);
      change = new AbortController();
    },
    close,
  };
}

async function ask(crew: Crew, systemName: string, options: ScenarioOptions): Promise<void> {
  const { runbook = FAILOVER_RUNBOOK, params = {}, mode, faults } = options;
  const reason = faults.length > 0 ? 'users report errors' : 'rehearsal';
  const words = Object.entries(params).map(([name, value]) => `${name}=${value}`);
  // The failover of a region has a verb of its own, which is what people type for it.
  const line =
    runbook === FAILOVER_RUNBOOK && words.length === 0
      ? `/dr failover ${systemName}`
      : ['/dr run', `${systemName}/${runbook}`, ...words].join(' ');
  await crew.command('requester', `${line} --mode ${mode} --reason "${reason}"`);
}

function behaviourOf(options: ScenarioOptions, sinceBeginning: () => number, goesOn: Behaviour['goesOn']): Behaviour {
  const { approveAfter, override, answers = {}, abortAfter, undo = false } = options;
  const approveIn =
    typeof approveAfter === 'number' ? () => Math.max(0, approveAfter * 1000 + sinceBeginning()) : approveAfter;
  return {
    approveIn,
    ...(override ? { override } : {}),
    answers,
    ...(abortAfter === undefined ? {} : { abortAfter }),
    undo,
    goesOn,
  };
}

/** What the bot told people last, to them alone. */
function lastWords({ slack }: Sandbox): string {
  return slack.workspace.state.ephemerals.at(-1)?.text ?? 'nothing.';
}

function overdueSentence(state: IncidentState, passed: number, options: ScenarioOptions): string | undefined {
  if (options.approveAfter === 'never' && passed > options.forSeconds * 1000) {
    return `Nobody approved a plan within ${Math.round(options.forSeconds / 60)} minutes.`;
  }
  if (passed > LONGEST) return `${state.id} did not come to an end within three hours.`;
  return undefined;
}

function hasEnded(state: IncidentState, { override, undo }: ScenarioOptions): boolean {
  const newest = state.plans.at(-1);
  if (state.run?.status === 'finished') {
    // An undo that was refused is as far as it gets.
    return undo !== true || isUndo(state) || (newest?.plan.undoOf !== undefined && newest.status === 'refused');
  }
  if (state.run) return false;
  if (newest?.status === 'refused') {
    const failed = newest.plan.guards.filter(({ passed }) => !passed);
    return !override || !failed.every(({ step }) => override.steps?.includes(step) ?? true);
  }
  if (newest?.status === 'rejected' || newest?.status === 'expired') return true;
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
