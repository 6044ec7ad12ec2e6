import type { EventEmitter } from 'node:events';
import type { Mark, RecoveryPicture, WriteBucket } from '../control/wire.ts';

/** What is measured of a world while it runs: the strip chart, its marks, and the clock of the recovery. */
export interface Measurements
  extends EventEmitter<{
    /** New buckets and those that changed. */
    writes: [WriteBucket[]];
    /** All marks, when one was added. */
    marks: [Mark[]];
  }> {
  writes(): WriteBucket[];
  marks(): Mark[];
  recovery(): RecoveryPicture | undefined;
  /** Acknowledged writes that are not in the database which serves now. */
  rowsLost(): number;
  close(): Promise<void>;
}
