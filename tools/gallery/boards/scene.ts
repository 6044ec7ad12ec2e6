import type { Told } from '../story.ts';

/** One state of an incident, and what a person has to do in it. */
export interface Scene {
  id: string;
  title: string;
  now: string;
  told: Told[];
  /** Seconds after detection at which it is looked at. */
  seen: number;
  /** Last words of running steps. */
  says?: Record<string, string>;
}
