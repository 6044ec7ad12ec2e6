import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { instanceName } from '../../domain/instance-name.ts';
import { choose, readCandidate, readCandidates } from './primary/candidates.ts';
import { FORMS, readStanding, type Standing } from './primary/standing.ts';

const Output = z.object({
  /** How the primary is kept, and so what takes over. */
  form: z.enum(FORMS),
  /** False when something else takes over: a standby, or a reader of the cluster. */
  needed: z.boolean(),
  /** False when the one that is named has a broken replication, and when nothing can take over. */
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
    input: z.strictObject({
      /** The instance that an earlier run has promoted already: it is the one, and no other may become a primary too. */
      promoted: z.string().default(''),
    }),
    output: Output,
    repeat: 'It only reads.',
    permissions: {
      iam: ['rds:DescribeDBInstances', 'rds:DescribeDBClusters'],
      sql: ['CONNECT'],
    },
    examples: [
      { title: 'Of the primary of system.yaml', with: {} },
      { title: 'Going on from a promotion', with: { promoted: 'chatbot-prod-replica-west' } },
    ],
    dependsOn: () => [],
    writes: () => [],
    expectedSeconds: () => 2,
    async observe(context, { promoted }) {
      const found = await findHealthiest(clients, context, promoted);
      const { form, needed, healthy, instance, region, endpoint, port, ...measurements } = found;
      return { facts: { form, needed, healthy, instance, region, endpoint, port }, measurements };
    },
    change: () => ({ changes: [] }),
    async run(context, { promoted }) {
      return { outputs: await context.waitUntil(() => findHealthiest(clients, context, promoted)), changes: [] };
    },
  });

const NOTHING = { instance: '', region: '', endpoint: '', port: 0, position: 0, notChosen: [] };

/**
 * The replica to promote where one has to be; shared with the prediction of its loss. `promoted`: the instance that an
 * earlier run has promoted, '' when none has.
 */
export async function findHealthiest(clients: Clients, context: ObserveContext, promoted: string): Promise<Output> {
  const standing = await readStanding(clients, context);
  const { form } = standing;
  // Where RDS does not answer nothing is chosen: the diagnosis refuses that, with the way out.
  if (form !== 'replica') {
    const healthy = form !== 'cluster' || standing.target !== '';
    const sentence = healthy ? `No replica is promoted: ${standing.sentence}` : withoutReader(standing);
    return { form, needed: false, healthy, ...NOTHING, sentence };
  }
  if (promoted !== '') return goingOn(clients, context, promoted, standing);
  const { chosen, notChosen } = choose(await readCandidates(clients, context, standing), standing);
  const others = notChosen.map((one) => ` Not ${instanceName(one)}: ${one.reason}.`).join('');
  if (!chosen) {
    return {
      form,
      needed: true,
      healthy: false,
      ...NOTHING,
      notChosen,
      sentence: `No replica can be promoted.${others}`,
    };
  }
  const { region, instance, endpoint, port, position, zone, instanceClass } = chosen;
  const name = `${instanceName(chosen)} (${zone}, ${instanceClass})`;
  const { broken } = chosen;
  const what = broken === undefined ? `${name} has received most.` : `The best is ${name}, but ${broken}.`;
  const where = { instance, region, endpoint, port, position };
  return { form, needed: true, healthy: broken === undefined, ...where, notChosen, sentence: `${what}${others}` };
}

/** Aurora makes a new writer by itself then, "less than 10 minutes" as its documentation has it. */
function withoutReader({ cluster, sentence }: Standing): string {
  return `${sentence} No reader can take over. Wait about 10 minutes for RDS to make a new writer of ${cluster}, or add a reader (aws rds create-db-instance --db-cluster-identifier ${cluster}).`;
}

/** What an earlier run promoted; one that is a replica still is promoted now, if it may be. */
async function goingOn(
  clients: Clients,
  context: ObserveContext,
  promoted: string,
  standing: Standing,
): Promise<Output> {
  const { replica } = context.system.database;
  const place = { region: promoted === replica.instance ? replica.region : standing.region, instance: promoted };
  const { region, instance, endpoint, port, position, unfit, broken } = await readCandidate(
    clients,
    context,
    place,
    standing,
  );
  const where = { form: standing.form, needed: true, instance, region, endpoint, port, position, notChosen: [] };
  const trouble = unfit ?? broken;
  if (trouble === undefined) return { ...where, healthy: true, sentence: `${instanceName(place)} is to be promoted.` };
  // It is named all the same: where it is the primary by now, two people may say so, and the run goes on from there.
  const sentence = `${instanceName(place)}, which an earlier run was to promote: ${trouble}. If it is the primary by now, a commander may override this.`;
  return { ...where, healthy: false, sentence };
}
