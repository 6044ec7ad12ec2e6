import { z } from 'zod';
import type { DatabaseSettings } from '../../adapters/aws/rds-instances.ts';
import type { Clients } from '../../adapters/index.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { instanceName } from '../../domain/instance-name.ts';
import type { System } from '../../domain/system.ts';

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

async function look({ aws }: Clients, { system, signal }: ObserveContext): Promise<Output> {
  const { primary, replica } = system.database;
  const [first, second] = await Promise.all(
    [primary, replica].map(({ region, instance }) => aws.rds.instances.settings(region, instance, signal)),
  );
  const wrong = whatIsWrong(system.database, first, second);
  return { asDeclared: wrong === undefined, sentence: wrong ?? `${instanceName(primary)} is the primary.` };
}

type Seen = Pick<DatabaseSettings, 'replicaOf'> | undefined;

/** Which of the two is not what system.yaml says, and what to do first; undefined when both are. Pure. */
export function whatIsWrong(
  { primary, replica }: Pick<System['database'], 'primary' | 'replica'>,
  first: Seen,
  second: Seen,
): string | undefined {
  const name = 'name the instance that takes writes as the primary in system.yaml';
  if (!first) return `There is no ${instanceName(primary)}: ${name}.`;
  if (first.replicaOf !== '') return `${instanceName(primary)} is a replica of ${first.replicaOf}: ${name}.`;
  if (!second || second.replicaOf === primary.instance) return undefined;
  if (second.replicaOf === '') {
    return `${instanceName(replica)} is a primary, so users may be served from there: move back first (runbook failback), or ${name}.`;
  }
  return `${instanceName(replica)} is a replica of ${second.replicaOf}, so users may be served from that one: ${name}.`;
}
