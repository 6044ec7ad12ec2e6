import { availableParallelism, cpus, loadavg } from 'node:os';

/** What a figure depends on besides the program. */
export interface Circumstances {
  /** ISO 8601, UTC. */
  at: string;
  cores: number;
  processor: string;
  node: string;
  /** Processes that wanted to run, averaged over the last minute. */
  load: number;
}

export function circumstances(): Circumstances {
  return {
    at: new Date().toISOString(),
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    node: process.version,
    load: loadavg()[0] ?? 0,
  };
}

/** One sentence from before and after the measurement. */
export function describeCircumstances(before: Circumstances, after: Circumstances): string {
  const { at, cores, processor, node } = before;
  return (
    `Measured ${at.slice(0, 10)} on ${cores} shared cores (${processor}), Node ${node.slice(1)}, PostgreSQL on the same ` +
    `machine with every commit on disk; load ${before.load.toFixed(1)} before, ${after.load.toFixed(1)} after.`
  );
}
