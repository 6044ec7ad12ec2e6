import { pidOf } from '../bots.ts';
import type { Check } from './check.ts';

/** What only the holder of a run's lease may append. */
const EXECUTION = new Set([
  'step.started',
  'step.succeeded',
  'step.failed',
  'step.attempt-failed',
  'step.left-out',
  'step.cleared',
  'run.finished',
]);

export const chainIsValid: Check = {
  name: "the journal's chain is valid",
  check({ journal, entries }) {
    if (journal.chain !== 'valid') return [`The chain of ${journal.events} events is broken.`];
    return journal.events === entries.length ? [] : [`${entries.length} of ${journal.events} events can be read.`];
  },
};

export const onlyTheHolderAppends: Check = {
  name: 'execution is recorded by the holder of the lease alone',
  check: ({ rows, pids }) =>
    rows.appends.flatMap(({ sequence, type, process, holder, live, epoch }) => {
      if (!EXECUTION.has(type)) return [];
      const own = process === 'A' || process === 'B' ? pids[process] : [];
      const pid = pidOf(holder);
      if (live && pid !== undefined && own.includes(pid)) return [];
      return [
        `Event ${sequence} (${type}) was appended by ${process ?? 'nobody known'} while ${holder ?? 'nobody'} held the run's lease (epoch ${epoch ?? 'none'}${live === false ? ', expired' : ''}).`,
      ];
    }),
};

export const stepsRunOnce: Check = {
  name: 'no step succeeds twice, and none is started after its success',
  check({ entries }) {
    const done = new Set<string>();
    return entries.flatMap(({ event, sequence }) => {
      if (event.type !== 'step.succeeded' && event.type !== 'step.started') return [];
      const key = `${event.runId} ${event.step}`;
      if (done.has(key)) return [`Event ${sequence}: ${event.step} had succeeded before, and there is ${event.type}.`];
      if (event.type === 'step.succeeded') done.add(key);
      return [];
    });
  },
};
