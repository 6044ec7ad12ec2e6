import type { Scheduled } from '../../../world/state.ts';
import type { World } from '../../../world/world.ts';

/** World milliseconds between looks at a server that needs longer than the simulated service. */
const LOOK_AGAIN = 2_000;
/** Machine milliseconds after a failure. */
const AFTER_FAILURE = 1_000;

/** What is under way on the real servers, by a key: begun once, and again after it failed. */
export class Jobs<Result = unknown> {
  readonly #jobs = new Map<string, { result?: Result; done: boolean }>();

  begin(key: string, work: () => Promise<Result>): void {
    if (this.#jobs.has(key)) return;
    this.#jobs.set(key, { done: false });
    work().then(
      (result) => this.#jobs.set(key, { result, done: true }),
      (cause: unknown) => {
        // Tried again by the next look, but not at once: whatever it is takes some time to mend.
        setTimeout(() => this.#jobs.delete(key), AFTER_FAILURE).unref();
        process.emitWarning(`A simulated RDS job failed and is tried again: ${key} (${String(cause)})`);
      },
    );
  }

  /** Carries `then` out when the job is done; otherwise lets `kind` look again soon. */
  whenDone(
    world: World,
    key: string,
    kind: string,
    data: Scheduled['data'],
    then: (result: Result | undefined) => void,
  ): void {
    const job = this.#jobs.get(key);
    if (!job?.done) {
      world.schedule(LOOK_AGAIN, kind, data);
      return;
    }
    this.#jobs.delete(key);
    then(job.result);
  }
}
