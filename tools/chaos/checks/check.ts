import type { Evidence } from '../evidence.ts';

/** Something that is true after every recovery, whatever struck it. */
export interface Check {
  name: string;
  /** One sentence for everything that is not so; none: it is true. Pure. */
  check(evidence: Evidence): string[];
}
