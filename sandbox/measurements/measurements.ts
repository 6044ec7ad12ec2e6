import type { EventEmitter } from 'node:events';
import type { ClientPicture, Mark, RecoveryPicture, WriteBucket } from '../control/wire.ts';

/** What is measured of a world while it runs: the strip chart, its marks, and the clock of the recovery. */
export interface Measurements
  extends EventEmitter<{
    /** New buckets and those that changed; one that was widened stands for all that begin within it. */
    writes: [WriteBucket[]];
    /** All marks, when one was added. */
    marks: [Mark[]];
  }> {
  writes(): WriteBucket[];
  marks(): Mark[];
  /** Of the newest incident; undefined before the first. */
  recovery(): RecoveryPicture | undefined;
  client(): ClientPicture;
  /** Acknowledged writes that are not in the database which serves now. */
  rowsLost(): number;
  /** Whether the application may write to each database instance, as far as that is known. Never waits. */
  writable(): Record<string, boolean>;
  /** Ends when nothing is asked of databases or journal any more. */
  close(): Promise<void>;
}
