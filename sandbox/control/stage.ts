import { EventEmitter } from 'node:events';
import { InvalidInput } from '../../src/domain/errors.ts';
import type { Sandbox } from '../sandbox.ts';
import type { ResetRequest, Snapshot } from './wire.ts';

/** The parts of a running sandbox that can be watched and played with. */
export type ControlParts = Pick<
  Sandbox,
  'world' | 'systemName' | 'system' | 'slack' | 'pagerDuty' | 'measurements' | 'tools' | 'setSpeed'
> & { dns?: Pick<Sandbox['dns'], 'remembered'>; databases?: Pick<Sandbox['databases'], 'lagSeconds'> };

interface StageEvents {
  resetting: [];
  ready: [];
}

/** What the control API plays on: one sandbox at a time, and a new one after each reset. */
export interface Stage extends EventEmitter<StageEvents> {
  /** The sandbox that is played now; undefined while a new one is made. */
  current(): ControlParts | undefined;
  /** Grows with every reset. */
  readonly world: number;
  readonly systems: Snapshot['systems'];
  /** Makes a new world and ends the old one. Throws InvalidInput, in a sentence, before anything is ended. */
  reset(request: ResetRequest): Promise<void>;
}

/** A stage for one sandbox that is never reset. */
export function fixedStage(parts: ControlParts): Stage {
  const systems = [{ name: parts.systemName, title: parts.system.title }];
  const reset = () => Promise.reject(new InvalidInput('control.reset', 'This sandbox cannot be reset.'));
  return Object.assign(new EventEmitter<StageEvents>(), { current: () => parts, world: 1, systems, reset });
}
