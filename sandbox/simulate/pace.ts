import { type IncidentState, planOf } from '../../src/domain/incident-state.ts';
import { isUndo } from '../../src/domain/recovery.ts';
import type { World } from '../world/world.ts';

/** Machine seconds that the step before an abort may take, at most. */
const LONGEST_STEP = 20;

/** Lets the world run as fast as it did, except where people have to be quick. */
export interface Pace {
  /** Called whenever the run may have moved. */
  look(state: IncidentState | undefined): void;
  /** As fast as before; called once at the end. */
  close(): void;
}

/**
 * Slows the world down for the abort after a step. A fast world is over the next step within the tenth of a second that a
 * command takes to arrive, and nobody's rehearsal is about that: as the step ends, time runs as it does on a clock, until
 * the run has ended. While the step goes on it is slowed as far as the step's own length allows.
 */
export function createPace(world: World, abortAfter: string | undefined): Pace {
  const usual = world.clock.speed();
  const set = (speed: number) => {
    if (world.clock.speed() !== speed) world.setSpeed(speed);
  };
  return {
    look(state) {
      if (abortAfter === undefined) return;
      const status = state && !isUndo(state) ? state.run?.steps[abortAfter]?.status : undefined;
      if (!state?.run || state.run.status === 'finished' || (status !== 'running' && status !== 'succeeded')) {
        set(usual);
        return;
      }
      const step = planOf(state, state.run.planId)?.plan.steps.find(({ id }) => id === abortAfter);
      set(Math.min(usual, status === 'succeeded' ? 1 : Math.max(1, (step?.expectedSeconds ?? 0) / LONGEST_STEP)));
    },
    close: () => set(usual),
  };
}
