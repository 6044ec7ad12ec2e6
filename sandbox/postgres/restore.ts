import type { BackupHooks } from '../aws/rds/backups/index.ts';
import { machineTimeOf } from '../world/machine-time.ts';
import type { World } from '../world/world.ts';
import type { RestoreOptions } from './copies.ts';
import type { Databases } from './databases.ts';

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
      const known = databases.endpoints[identifier];
      if (known) return { port: known.port };
      const options = { instance: identifier, region };
      const until = replay && (await targetOf(copy, replay.until));
      if (until === undefined) return databases.restoreCopy(copy, options);
      try {
        return await databases.restoreCopy(copy, { ...options, until });
      } catch (error) {
        // Nothing was committed after that moment, so the log ends before it: all of it is what was meant.
        if (!String(error).includes('recovery ended before')) throw error;
        await databases.remove(identifier);
        return databases.restoreCopy(copy, { ...options, until: 'latest' });
      }
    },
    async createReplica(source, { identifier, region }) {
      const known = databases.endpoints[identifier];
      return known ? { port: known.port } : databases.createReplica({ instance: identifier, region, source });
    },
    async rename(identifier, to) {
      const known = databases.endpoints[to];
      return known && !databases.instances().includes(identifier)
        ? { port: known.port }
        : databases.rename(identifier, to);
    },
  };

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
