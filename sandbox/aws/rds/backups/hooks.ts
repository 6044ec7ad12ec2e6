/**
 * What the world does when the service keeps, restores, replicates and renames: it acts on the PostgreSQL servers
 * behind the instances. Each is called again after a failure or a restart of the sandbox, so what is done already must
 * be left as it is.
 */
export interface BackupHooks {
  /** Keeps what the server of this instance holds now as a copy of that name; resolves when the copy is whole. */
  keepCopy(instance: string, copy: string): Promise<void>;
  /**
   * Makes a server of a kept copy and starts it. With `replay` the log of that copy's server is applied up to a world
   * time (epoch milliseconds). Resolves with the port at which the instance is reached, when it accepts writes.
   */
  restoreCopy(
    copy: string,
    instance: { identifier: string; region: string },
    replay?: { until: number },
  ): Promise<{ port: number }>;
  /** Makes a streaming replica of a server; resolves when it streams. */
  createReplica(source: string, instance: { identifier: string; region: string }): Promise<{ port: number }>;
  /** The server keeps running; from now on it is reached under the other name. */
  rename(identifier: string, to: string): Promise<{ port: number }>;
  /** Ends the server and removes what it had. */
  remove(identifier: string): Promise<void>;
}

/** For a world without servers. */
export const NO_SERVERS: BackupHooks = {
  keepCopy: async () => undefined,
  restoreCopy: async () => ({ port: 5432 }),
  createReplica: async () => ({ port: 5432 }),
  rename: async () => ({ port: 5432 }),
  remove: async () => undefined,
};
