import { Retryable } from '../../src/domain/errors.ts';
import type { Store } from '../../src/engine/ports.ts';
import { createLogger } from '../../src/log.ts';
import { createStore } from '../../src/store/store.ts';

const TRIES = 10;

/** A store that logs nothing. A busy machine may take longer to connect than the product waits, so it is tried again. */
export async function openTestStore(connectionString: string): Promise<Store> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await createStore({ connectionString, logger: createLogger('silent') });
    } catch (error) {
      if (!(error instanceof Retryable) || tries === TRIES) throw error;
    }
  }
}
