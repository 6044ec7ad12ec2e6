import { EventEmitter } from 'node:events';
import type { ControlParts, Stage } from '../../../sandbox/control/stage.ts';
import type { ResetFailure } from '../../../sandbox/control/wire.ts';
import { InvalidInput } from '../../../src/domain/errors.ts';

/** A stage with one sandbox, and what else a stage may come to while somebody watches. */
export interface FixedStage extends Stage {
  /** The world ends, a new one is made. */
  clear(): void;
  /** That new one could not be made. */
  fail(failure: ResetFailure): void;
  /** It is there. */
  ready(): void;
}

/** A stage for one sandbox; whoever asks it for a reset is refused. */
export function fixedStage(parts: ControlParts): FixedStage {
  let current: ControlParts | undefined = parts;
  let failure: ResetFailure | undefined;
  const events = new EventEmitter<{ resetting: []; ready: []; failed: [] }>();
  return Object.assign(events, {
    current: () => current,
    failure: () => failure,
    world: 1,
    systems: [{ name: parts.systemName, title: parts.system.title }],
    reset: () => Promise.reject(new InvalidInput('control.reset', 'This sandbox cannot be reset.')),
    clear() {
      current = undefined;
      failure = undefined;
      events.emit('resetting');
    },
    fail(why: ResetFailure) {
      failure = why;
      events.emit('failed');
    },
    ready() {
      current = parts;
      failure = undefined;
      events.emit('ready');
    },
  });
}
