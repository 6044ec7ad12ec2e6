import type { Scheduled } from '../../world/state.ts';
import type { World } from '../../world/world.ts';
import { Jobs } from './backups/jobs.ts';

/**
 * Teaches the world a scheduled step that needs the real servers: `work` is begun when the step is due and again when
 * it failed, and `then` follows when it is done. Meanwhile the step stays scheduled, so a saved world comes back to it;
 * `work` must therefore leave alone what is done already. `work` gives undefined when there is nothing to do any more.
 */
export function handleServerStep(
  world: World,
  kind: string,
  work: (data: Scheduled['data']) => (() => Promise<unknown>) | undefined,
  then: (data: Scheduled['data'], result: unknown) => void,
): void {
  const jobs = new Jobs<unknown>();
  world.handle(kind, (data) => {
    const key = `${kind} ${JSON.stringify(data)}`;
    const next = work(data);
    if (!next) return;
    jobs.begin(key, next);
    jobs.whenDone(world, key, kind, data, (result) => {
      then(data, result);
      world.touch();
    });
  });
}
