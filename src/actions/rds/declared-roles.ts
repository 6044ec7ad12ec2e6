import { z } from 'zod';
import type { DatabaseSettings } from '../../adapters/aws/rds-instances.ts';
import { observationTimeout, within } from '../../adapters/deadline.ts';
import type { Clients } from '../../adapters/index.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { Retryable } from '../../domain/errors.ts';
import { instanceName } from '../../domain/instance-name.ts';
import type { System } from '../../domain/system.ts';

/** Share of an observation's time that the replica's region gets, so that what follows from its silence is still said. */
const SHARE = 0.6;

const Output = z.object({
  /** Whether the primary of system.yaml follows nothing, and its replica follows it or does not exist. */
  asDeclared: z.boolean(),
  sentence: z.string(),
});
type Output = z.infer<typeof Output>;

export const declaredRoles = (clients: Clients) =>
  defineAction({
    id: 'rds.declared-roles',
    summary: 'Whether the primary and the replica of system.yaml still are what it calls them',
    effect: 'read',
    input: z.strictObject({}),
    output: Output,
    repeat: 'It only reads.',
    permissions: { iam: ['rds:DescribeDBInstances'] },
    examples: [{ title: 'Both', with: {} }],
    dependsOn: (_input, { database }) => [{ region: database.primary.region }, { region: database.replica.region }],
    writes: () => [],
    expectedSeconds: () => 1,
    async observe(context) {
      return { facts: {}, measurements: await look(clients, context) };
    },
    change: () => ({ changes: [] }),
    async run(context) {
      return { outputs: await context.waitUntil(() => look(clients, context)), changes: [] };
    },
  });

async function look({ aws }: Clients, { system, signal, clock }: ObserveContext): Promise<Output> {
  const { primary, replica } = system.database;
  const settingsOf = (where: { region: string; instance: string }, until: AbortSignal) =>
    aws.rds.instances.settings(where.region, where.instance, until);
  // The other region may be the one that is lost: that is said, and waited for no longer.
  const soon = within(SHARE * observationTimeout(clock), signal);
  const [first, second] = await Promise.all([
    settingsOf(primary, signal),
    settingsOf(replica, soon).catch((error: unknown) => {
      signal.throwIfAborted();
      if (soon.aborted || error instanceof Retryable) return 'silent' as const;
      throw error;
    }),
  ]);
  const wrong = whatIsWrong(system.database, first, second);
  return { asDeclared: wrong === undefined, sentence: wrong ?? `${instanceName(primary)} is the primary.` };
}

type Seen = Pick<DatabaseSettings, 'replicaOf'> | undefined;

/** Which of the two is not what system.yaml says, and what to do first; undefined when both are. Pure. */
export function whatIsWrong(
  { primary, replica }: Pick<System['database'], 'primary' | 'replica'>,
  first: Seen,
  second: Seen | 'silent',
): string | undefined {
  const name = 'name the instance that takes writes as the primary in system.yaml';
  if (!first) return `There is no ${instanceName(primary)}: ${name}.`;
  if (first.replicaOf !== '') return `${instanceName(primary)} is a replica of ${first.replicaOf}: ${name}.`;
  if (second === 'silent') {
    return `RDS in ${replica.region} does not answer, so nobody knows whether ${instanceName(replica)} was promoted: make sure that users are not served from there.`;
  }
  if (!second || second.replicaOf === primary.instance) return undefined;
  if (second.replicaOf === '') {
    return `${instanceName(replica)} is a primary, so users may be served from there: move back first (runbook failback), or ${name}.`;
  }
  return `${instanceName(replica)} is a replica of ${second.replicaOf}, so users may be served from that one: ${name}.`;
}
