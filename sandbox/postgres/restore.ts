import type { BackupHooks } from '../aws/rds/backups/index.ts';
import { machineTimeOf } from '../world/machine-time.ts';
import type { World } from '../world/world.ts';
import type { RestoreOptions } from './copies.ts';
import type { Databases } from './databases.ts';

const LOOK_MS = 50;

/**
 * The real servers behind what RDS keeps, restores, replicates and renames. All of it may be called again: what is
 * there already is left as it is.
 */
export function backupsOf(world: World, databases: Databases): BackupHooks {
  return {
    async keepCopy(instance, copy) {
      if (!databases.copies().includes(copy)) await databases.keepCopy(instance, copy);
    },
    async restoreCopy(copy, { identifier, region }, replay) {
      const options = { instance: identifier, region };
      const restore = async (until?: RestoreOptions['until']) => {
        try {
          const made = await databases.restoreCopy(copy, until === undefined ? options : { ...options, until });
          await untilWritable(identifier);
          return made;
        } catch (error) {
          // What did not start is no instance.
          if (databases.instances().includes(identifier)) await databases.remove(identifier);
          throw error;
        }
      };
      if (databases.instances().includes(identifier)) return portOf(identifier);
      const until = replay && (await targetOf(copy, replay.until));
      try {
        return await restore(until);
      } catch (error) {
        if (until === undefined || !String(error).includes('recovery ended before')) throw error;
        // Nothing was committed after that moment, so the log ends before it: all of it is what was meant.
        return restore('latest');
      }
    },
    async createReplica(source, { identifier, region }) {
      if (databases.instances().includes(identifier)) return portOf(identifier);
      return databases.createReplica({ instance: identifier, region, source });
    },
    async rename(identifier, to) {
      const known = databases.instances();
      return known.includes(to) && !known.includes(identifier) ? portOf(to) : databases.rename(identifier, to);
    },
    async remove(identifier) {
      if (databases.instances().includes(identifier)) await databases.remove(identifier);
    },
  };

  /** A server takes connections as soon as it is consistent; it goes on replaying, and accepts writes after that. */
  async function untilWritable(instance: string): Promise<void> {
    for (;;) {
      const [row] = await databases.query<{ busy: boolean }>(instance, 'SELECT pg_is_in_recovery() AS busy');
      if (row?.busy === false) return;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  function portOf(instance: string): { port: number } {
    const endpoint = databases.endpoints[instance];
    if (!endpoint) throw new Error(`The gate of ${instance} is not open.`);
    return { port: endpoint.port };
  }

  /** How far the log is to be applied; undefined: the copy is from after that moment, and all that there is of it. */
  async function targetOf(copy: string, until: number): Promise<RestoreOptions['until']> {
    const kept = world.state.databases?.copies[copy];
    if (!kept || until <= kept.takenAt) return undefined;
    await commitSomething(kept.origin);
    return { time: machineTimeOf(world.state.clockAnchors ?? [], until) };
  }

  /** Recovery stops at the first commit after its target, so there has to be one. */
  async function commitSomething(folder: string): Promise<void> {
    const servers = Object.entries(world.state.databases?.servers ?? {});
    const origin = servers.find(([, server]) => server.folder === folder)?.[0];
    if (origin === undefined || !databases.isRunning(origin)) return;
    await databases.query(origin, 'SELECT pg_current_xact_id()');
  }
}
