import { formatSeconds } from '../../src/domain/format-seconds.ts';
import type { RunState } from '../../src/domain/run-state.ts';
import type { Turn } from '../../src/domain/simulation.ts';
import { parseFault } from '../control/faults.ts';
import type { World } from '../world/world.ts';

/** Lets what a simulation tells happen under way, each turn once: `look` is called whenever the run may have moved. */
export function createTurns(world: World, turns: readonly Turn[], beganAt: number) {
  const waiting = new Set(turns);
  return {
    /** Those that have not come. */
    waiting: () => [...waiting],
    look(run: RunState | undefined): void {
      for (const turn of waiting) {
        if (!isDue(turn, run, world.clock.now() - beganAt)) continue;
        waiting.delete(turn);
        for (const text of turn.end ?? []) world.switchFault(parseFault(text), false);
        for (const text of turn.faults ?? []) world.switchFault(parseFault(text), true);
      }
    },
  };
}

/** `after promote succeeded: region-down:us-east-1 ends`, for a report. */
export function describeTurn({ after, step, is = 'succeeded', faults = [], end = [] }: Turn): string {
  const when = [
    ...(after === undefined ? [] : [`${formatSeconds(after)} after the beginning`]),
    ...(step === undefined ? [] : [`${step} ${is}`]),
  ].join(', ');
  const what = [...faults.map((fault) => `${fault} begins`), ...end.map((fault) => `${fault} ends`)].join(', ');
  return `${when}: ${what}`;
}

function isDue({ after, step, is = 'succeeded' }: Turn, run: RunState | undefined, passed: number): boolean {
  if (after !== undefined && passed < after * 1000) return false;
  return step === undefined || run?.steps[step]?.status === is;
}
