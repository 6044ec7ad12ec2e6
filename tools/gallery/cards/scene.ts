import type { Told } from '../story.ts';

export interface Scene {
  id: string;
  title: string;
  now: string;
  told: Told[];
  /** Seconds after detection at which it is looked at. */
  seen?: number;
  /** Which plan; the first unless it says otherwise. */
  plan?: string;
}
