import { reachableDatabases } from '../world/database-address.ts';
import type { World } from '../world/world.ts';
import type { ToolEndpoints } from './endpoints.ts';
import { writeSettings } from './settings.ts';

/**
 * Keeps the tools' files true while databases come, go and change their names: `psql` finds a restored instance in the
 * shell that was prepared before. `onFailure` is told when the files cannot be written.
 */
export function followDatabases(
  world: World,
  endpoints: Omit<ToolEndpoints, 'databases'>,
  onFailure: (error: unknown) => void,
): { close(): Promise<void> } {
  let written = JSON.stringify(reachableDatabases(world.state));
  let writing: Promise<void> = Promise.resolve();
  const look = () => {
    const databases = reachableDatabases(world.state);
    const now = JSON.stringify(databases);
    if (now === written) return;
    written = now;
    writing = writing.then(() => writeSettings({ ...endpoints, databases })).catch(onFailure);
  };
  world.on('changed', look);
  return {
    async close() {
      world.off('changed', look);
      await writing;
    },
  };
}
