/** A snapshot, as plain data. Times are world time (epoch milliseconds). */
export interface RdsSnapshot {
  identifier: string;
  region: string;
  kind: 'automated' | 'manual';
  /** What it was taken of, by the name that the instance had then and by the id that no renaming changes. */
  instance: string;
  resourceId: string;
  /** When the snapshot began: what it holds is as of then. */
  startedAt: number;
  /** When it was, or will be, complete. */
  endsAt: number;
  status: 'creating' | 'available' | 'failed';
  /** Name of the kept copy of the server's data folder. */
  copy: string;
  instanceClass: string;
  engineVersion: string;
  port: number;
  databaseName?: string;
}

/** What an instance that is being made comes from. */
export type RdsOrigin =
  /** A kept copy; with `replay`, the log of its server up to a world time on top of it. */
  { kind: 'copy'; copy: string; replay?: { until: number } } | { kind: 'replica'; source: string };
