import type { Cast } from '../../sandbox/people.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { createCrew } from '../../sandbox/simulate/crew.ts';
import { type IncidentState, planFailureNow, planNumber, planOf } from '../../src/domain/incident-state.ts';

/** Machine milliseconds between two tries of something that Slack did not take. */
const AGAIN = 500;
/** After which something that was acknowledged and had no effect is lost, and done once more so that the run can end. */
const LOST_AFTER = 30_000;

/** In which an answer that only the person sees has come. */
const TOLD_WITHIN = 5000;

/** People who do what the board asks them to, and who repeat only what Slack or Lifeboat says it did not take. */
export interface People {
  /** Looks at the incident and does what is to be done; call it again and again. */
  look(state: IncidentState | undefined): void;
  /** What was acknowledged and never had an effect: each is a promise that was broken. */
  broken(): readonly string[];
  /** What had to be done again because its first try was told to have failed. */
  repeated(): readonly string[];
}

/** Plans after which people give up: one that came to nothing while a service failed is asked for anew. */
const MOST_PLANS = 4;

/** Whether there is no run, nor a plan that could become one. */
function hasNoPlan(state: IncidentState): boolean {
  const { run, plans } = state;
  const waits = plans.some(({ status }) => status === 'awaiting approval' || status === 'approved');
  return !run && !waits && plansTried(state) > 0;
}

/** How many plans there were, those that could not be made included. */
function plansTried({ plans, planFailure }: IncidentState): number {
  const failed = planFailure ? [planFailure.planId] : [];
  return Math.max(0, ...[...plans.map(({ plan }) => plan.id), ...failed].map(planNumber));
}

/** Whether people have asked for a plan as often as they do. */
export function haveGivenUp(state: IncidentState): boolean {
  return hasNoPlan(state) && plansTried(state) >= MOST_PLANS;
}

interface Act {
  /** Machine time at which Slack showed the acknowledgement. */
  acknowledgedAt?: number;
  /** World time before which nothing is an answer to it. */
  since: number;
  busy: boolean;
}

interface Wish {
  key: string;
  who: keyof Cast;
  what: string;
  /** True when Slack showed the acknowledgement. */
  act: () => Promise<boolean>;
}

export function createPeople(sandbox: Sandbox): People {
  const { world, slack, cast, incidentChannel, systemName } = sandbox;
  const { workspace } = slack;
  const crew = createCrew(world, workspace, cast, incidentChannel);
  const acts = new Map<string, Act>();
  const broken: string[] = [];
  const repeated: string[] = [];
  let latest: IncidentState | undefined;

  /** Does it after a person's reaction, and again when it was told to have failed or has had no effect for long. */
  function want({ key, who, what, act }: Wish): void {
    const before = acts.get(key);
    if (before?.busy) return;
    if (before?.acknowledgedAt !== undefined) {
      const passed = Date.now() - before.acknowledgedAt;
      const told = passed > TOLD_WITHIN ? answerTo(who, before.since) : undefined;
      if (told === undefined && passed < LOST_AFTER) return;
      if (told === undefined) broken.push(`${what} was acknowledged, and nothing came of it`);
      else repeated.push(`${what} was repeated: ${told}`);
    }
    const entry: Act = { busy: true, since: world.clock.now() };
    acts.set(key, entry);
    void world.clock
      .sleep(before ? 0 : crew.reaction(key))
      .then(() => {
        entry.since = world.clock.now();
        return untilAcknowledged(act);
      })
      .then(() => {
        entry.acknowledgedAt = Date.now();
        entry.busy = false;
      });
  }

  /** What only this person was told since. */
  function answerTo(who: keyof Cast, since: number): string | undefined {
    const told = workspace.state.ephemerals.filter(({ to, ts }) => to === cast[who].id && Number(ts) * 1000 >= since);
    return told.at(-1)?.text;
  }

  function lookAtPlan(state: IncidentState): void {
    const waiting = state.plans.find(({ status }) => status === 'awaiting approval');
    if (!waiting) return;
    const { plan, approval } = waiting;
    // Somebody approves just now.
    if (approval && !approval.failure) return;
    // A failed approval says so on the card, and is asked for again.
    const key = `approve ${plan.id}${approval ? ` after ${approval.at}` : ''}`;
    if (approval && !acts.has(key)) repeated.push(`the approval was repeated: ${approval.failure?.message}`);
    const act = () => crew.press('approver', 'approve', plan.id);
    want({ key, who: 'approver', what: `the approval of ${plan.id}`, act });
  }

  function lookAtRun(state: IncidentState): void {
    const { run } = state;
    if (!run) return;
    for (const { id, uses } of planOf(state, run.planId)?.plan.steps ?? []) {
      if (uses !== 'manual.confirm' || run.steps[id]?.status !== 'running' || run.steps[id]?.answer) continue;
      const act = () => crew.press('approver', 'confirm', `${run.id} ${id}`);
      want({ key: `confirm ${run.id} ${id}`, who: 'approver', what: `the answer to ${id}`, act });
    }
  }

  /** Asks for a failover: to begin with, and when the plan that there was came to nothing. */
  function lookWhetherToAsk(state: IncidentState | undefined): void {
    if (state && (!hasNoPlan(state) || haveGivenUp(state))) return;
    const count = state ? plansTried(state) : 0;
    const key = `ask after ${count} plans`;
    if (state && !acts.has(key)) {
      const what = planFailureNow(state)?.error.message ?? `the plan was ${state.plans.at(-1)?.status}`;
      repeated.push(`a plan was asked for again: ${what}`);
    }
    const line = `/dr failover ${systemName} --mode emergency --reason "users report errors"`;
    const act = async () => {
      // Lifeboat makes a new plan itself where the world has changed.
      if (latest === undefined || hasNoPlan(latest)) await crew.command('requester', line);
      return true;
    };
    want({ key, who: 'requester', what: 'the request for a failover', act });
  }

  return {
    look(state) {
      latest = state;
      lookWhetherToAsk(state);
      if (!state) return;
      lookAtPlan(state);
      lookAtRun(state);
    },
    broken: () => broken,
    repeated: () => repeated,
  };
}

/** Tries until Slack takes it: it may show an error, or not show the button yet. */
async function untilAcknowledged(act: () => Promise<boolean>): Promise<void> {
  for (;;) {
    const acknowledged = await act().catch(() => false);
    if (acknowledged) return;
    await new Promise((resolve) => setTimeout(resolve, AGAIN));
  }
}
