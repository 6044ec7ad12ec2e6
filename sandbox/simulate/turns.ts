import type { JournalEntry } from '../../src/domain/events.ts';
import { formatSeconds } from '../../src/domain/format-seconds.ts';
import type { RunState } from '../../src/domain/run-state.ts';
import type { Turn } from '../../src/domain/simulation.ts';
import { parseFault, placesOf } from '../control/faults.ts';
import type { Fault } from '../world/state.ts';
import type { World } from '../world/world.ts';

/**
 * Lets what a simulation tells happen under way, each turn once: `look` is called whenever the run may have moved. Throws
 * InvalidInput, one sentence, for a fault that this world cannot have.
 */
export function createTurns(world: World, turns: readonly Turn[], beganAt: number) {
  const places = placesOf(world.state);
  const read = (faults: string[] = []) => faults.map((text) => ({ text, fault: parseFault(text, places) }));
  const waiting = new Map(turns.map((turn) => [turn, { faults: read(turn.faults), end: read(turn.end) }]));
  const idle: Turn[] = [];
  return {
    /** Those that have not come, and of those that have what was to end and was not there. */
    waiting: () => [...waiting.keys(), ...idle],
    look(run: RunState | undefined): void {
      for (const [turn, { faults, end }] of waiting) {
        if (!isDue(turn, run, world.clock.now() - beganAt)) continue;
        waiting.delete(turn);
        const absent = end.filter(({ fault }) => !isOn(world, fault)).map(({ text }) => text);
        if (absent.length > 0) idle.push({ ...turn, faults: [], end: absent });
        for (const { fault } of end) world.switchFault(fault, false);
        for (const { fault } of faults) world.switchFault(fault, true);
      }
    },
  };
}

function isOn({ state }: World, { name, target }: Omit<Fault, 'since'>): boolean {
  return state.faults.some((other) => other.name === name && other.target === target);
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

/** The abort of a rehearsal whose run never came as far as the step that it was to follow, in words; otherwise nothing. Pure. */
export function missedAbort(abortAfter: string | undefined, entries: readonly Pick<JournalEntry, 'event'>[]): string[] {
  if (abortAfter === undefined) return [];
  const came = entries.some(({ event }) => event.type === 'step.succeeded' && event.step === abortAfter);
  return came ? [] : [`the abort after ${abortAfter}`];
}

function isDue({ after, step, is = 'succeeded' }: Turn, run: RunState | undefined, passed: number): boolean {
  if (after !== undefined && passed < after * 1000) return false;
  return step === undefined || run?.steps[step]?.status === is;
}
