import type { JsonObject } from '../../../src/domain/action.ts';
import type { Topology } from '../../../src/domain/simulation.ts';

/** What three workers send (see withThreeWorkers), of an action that changes something and of its undo. */
export interface Trial {
  action: string;
  what: string;
  with: () => Promise<JsonObject> | JsonObject;
  /** What a person would look at to see what the action did. */
  look: () => Promise<unknown>;
  /** That, when it is done. */
  done: unknown;
  /** Files of the config folder that are others than the shipped ones. */
  config?: Record<string, string>;
  /** Mutating calls of all three that the service carries out, and of all three that undo. */
  calls: { run: Record<string, number | 'any'>; undo?: Record<string, number | 'any'> };
  /** At which of its checks the late worker is paused; each is tried. */
  pausedAt?: number[];
  /** The step begins at the world's own time: it reads what the service has told since. */
  beginsNow?: boolean;
  /** World seconds per second, where it takes long; absent: 60. */
  speed?: number;
  /** It needs a world of this form; trials of other forms stand at the end. */
  topology?: Topology;
}

export const PRIMARY = { region: 'us-east-1', instance: 'chatbot-prod' };
export const REPLICA = { region: 'us-west-2', instance: 'chatbot-prod-replica-west' };
export const west = { region: 'us-west-2' };

/** Long enough for anything that a trial asks of the world. */
export const soon = () => AbortSignal.timeout(90_000);
