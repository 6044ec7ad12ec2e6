import type { EventEmitter } from 'node:events';
import type { Sandbox } from '../sandbox.ts';
import type { ResetFailure, ResetRequest, Snapshot } from './wire.ts';

/** The parts of a running sandbox that can be watched and played with. */
export type ControlParts = Pick<
  Sandbox,
  | 'world'
  | 'systemName'
  | 'system'
  | 'slack'
  | 'pagerDuty'
  | 'measurements'
  | 'tools'
  | 'runbooks'
  | 'setSpeed'
  | 'botKeeper'
> & { dns?: Pick<Sandbox['dns'], 'remembered'>; databases?: Pick<Sandbox['databases'], 'lagSeconds'> };

interface StageEvents {
  resetting: [];
  ready: [];
  failed: [];
}

/** What the control API plays on: one sandbox at a time, and a new one after each reset. */
export interface Stage extends EventEmitter<StageEvents> {
  /** The sandbox that is played now; undefined while a new one is made, and after that failed. */
  current(): ControlParts | undefined;
  /** Why there is none, after a reset that failed; undefined otherwise. */
  failure(): ResetFailure | undefined;
  /** Grows with every reset. */
  readonly world: number;
  readonly systems: Snapshot['systems'];
  /**
   * Ends the old world and makes a new one. Throws InvalidInput, in a sentence, before anything is ended; Permanent, with
   * why in a sentence, when the new one could not be made: then there is none.
   */
  reset(request: ResetRequest): Promise<void>;
}
