import type { Clients } from '../../adapters/index.ts';
import { clusterOf, targetOf } from '../../adapters/of-system.ts';
import type { PostgresSession } from '../../adapters/postgres/index.ts';
import type { RunContext } from '../../domain/action.ts';
import { Retryable } from '../../domain/errors.ts';
import { moved, subjectOf, type Where, withDatabase } from './database.ts';

/** An old primary that could not be fenced, and how it is told that another one has taken its place. */
export interface OldPrimary {
  /** The context of a step that fences it: `system.database.primary` is it, by the name that it has by now. */
  context: RunContext;
  /** Opens a connection to it, lets `work` use it, and closes it. `signal` bounds connecting. */
  use<T>(signal: AbortSignal, work: (session: PostgresSession) => Promise<T>): Promise<T>;
  /**
   * Whether another one takes writes in its place. Before that, and when it came to nothing, it is the only one: taking
   * writes away from it would be the outage. Asked each time, because people may have gone back since.
   */
  isReplaced(): Promise<boolean>;
}

/** One whose replica the run promotes. */
export function oldOfPromotion(clients: Clients, context: RunContext, replica: Where): OldPrimary {
  const { primary } = context.system.database;
  return {
    context,
    use: (signal, work) => withDatabase(clients, { ...context, signal }, primary, work),
    async isReplaced() {
      const { region, instance } = replica;
      return (await clients.aws.rds.describe(region, instance, context.signal)).replicaOf === '';
    },
  };
}

/**
 * One that is replaced by an instance which is restored of it: known by RDS's own id, since its name passes to the restored
 * one, which is never touched. Undefined when it is deleted. Throws Retryable while RDS shows no endpoint of it.
 */
export async function oldOfRestore(
  clients: Clients,
  given: RunContext,
  resourceId: string,
): Promise<OldPrimary | undefined> {
  const { signal, system } = given;
  const { region, instance } = system.database.primary;
  const { instances } = clients.aws.rds;
  const old = await instances.byResourceId(region, resourceId, signal);
  if (!old) return undefined;
  const primary = { region, instance: old.instance };
  if (old.endpoint === '') {
    throw new Retryable('rds.no-endpoint', `${subjectOf(primary)} is ${old.status} and has no endpoint.`);
  }
  return {
    context: moved(given, { primary }),
    use: (connecting, work) => clients.postgres.use(targetOf(clients, system, old), connecting, work),
    async isReplaced() {
      const named = await instances.settings(region, instance, signal);
      if (named && named.resourceId !== resourceId) return true;
      const { name, hostKey } = system.kubernetes.secret;
      const secret = await clusterOf(clients, system, region).secret(name, signal);
      return secret.value(hostKey) !== old.endpoint;
    },
  };
}
