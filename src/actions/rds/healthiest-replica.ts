import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { instanceName } from '../../domain/instance-name.ts';
import { choose, readCandidates } from './primary/candidates.ts';
import { readStanding } from './primary/standing.ts';

const Output = z.object({
  /** False when something else takes over: a standby, or a reader of the cluster. */
  needed: z.boolean(),
  /** False when the one that is named has a broken replication, and when none can be promoted. */
  healthy: z.boolean(),
  /** '' when none can be promoted, and when none is needed. */
  instance: z.string(),
  region: z.string(),
  endpoint: z.string(),
  port: z.int(),
  /** Bytes of WAL that it has received. */
  position: z.number(),
  notChosen: z.array(z.object({ instance: z.string(), region: z.string(), reason: z.string() })),
  /** Which, and why not the others, for people. */
  sentence: z.string(),
});
type Output = z.infer<typeof Output>;

export const healthiestReplica = (clients: Clients) =>
  defineAction({
    id: 'rds.healthiest-replica',
    summary: 'Choose the read replica to promote, by what it has received, its zone and its class',
    effect: 'read',
    input: z.strictObject({}),
    output: Output,
    repeat: 'It only reads.',
    permissions: ['rds:DescribeDBInstances', 'rds:DescribeDBClusters', 'SQL: CONNECT for database.user'],
    examples: [{ title: 'Of the primary of system.yaml', with: {} }],
    dependsOn: () => [],
    writes: () => [],
    expectedSeconds: () => 2,
    async observe(context) {
      const { needed, healthy, instance, region, endpoint, port, ...measurements } = await findHealthiest(
        clients,
        context,
      );
      return { facts: { needed, healthy, instance, region, endpoint, port }, measurements };
    },
    change: () => ({ changes: [] }),
    async run(context) {
      return { outputs: await context.waitUntil(() => findHealthiest(clients, context)), changes: [] };
    },
  });

/** The replica to promote where one has to be; shared with the prediction of its loss. */
export async function findHealthiest(clients: Clients, context: ObserveContext): Promise<Output> {
  const standing = await readStanding(clients, context);
  const nothing = { instance: '', region: '', endpoint: '', port: 0, position: 0, notChosen: [] };
  // Where RDS does not answer nothing is chosen: the diagnosis refuses that, with the way out.
  if (standing.form !== 'replica') {
    return { needed: false, healthy: true, ...nothing, sentence: `No replica is promoted: ${standing.sentence}` };
  }
  const { chosen, notChosen } = choose(await readCandidates(clients, context, standing), standing);
  const others = notChosen.map((one) => ` Not ${instanceName(one)}: ${one.reason}.`).join('');
  if (!chosen) {
    return { needed: true, healthy: false, ...nothing, notChosen, sentence: `No replica can be promoted.${others}` };
  }
  const { region, instance, endpoint, port, position, zone, instanceClass } = chosen;
  const name = `${instanceName(chosen)} (${zone}, ${instanceClass})`;
  const { broken } = chosen;
  const what = broken === undefined ? `${name} has received most.` : `The best is ${name}, but ${broken}.`;
  const where = { instance, region, endpoint, port, position };
  return { needed: true, healthy: broken === undefined, ...where, notChosen, sentence: `${what}${others}` };
}
