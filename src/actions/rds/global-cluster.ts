import { z } from 'zod';
import type { GlobalCluster } from '../../adapters/aws/rds-clusters.ts';
import type { Clients } from '../../adapters/index.ts';
import type { Change, RunContext } from '../../domain/action.ts';
import { Permanent } from '../../domain/errors.ts';
import { Region, type System } from '../../domain/system.ts';
import type { Where } from '../postgres/database.ts';
import { askOnce } from './asking.ts';
import { askServer } from './moved.ts';

/** RDS refuses because a change of the global cluster is under way. */
const UNDER_WAY = 'rds.invalid-global-cluster-state';

/** What an action takes that makes a cluster of another region the writing one. */
export const MoveInput = z.strictObject({
  /** Region of the cluster that becomes the writing one; the call goes there. */
  region: Region,
  globalCluster: z.string().min(1),
  /** ARN of that cluster. */
  target: z.string().min(1),
});
export type MoveInput = z.infer<typeof MoveInput>;

export const MoveOutput = z.object({ endpoint: z.string(), port: z.int(), sentence: z.string() });

/** As a plan sees it. `moved`: the target writes already. */
export async function observeMove({ aws }: Pick<Clients, 'aws'>, input: MoveInput, signal: AbortSignal) {
  const found = await findGlobalCluster(aws.rds.clusters, input, signal);
  const writer = writerOf(found)?.arn ?? '';
  return { facts: { writer, moved: writer === input.target }, measurements: { status: found.status } };
}

/**
 * Has RDS make the target the writing cluster, unless it is, and waits until its server accepts writes. `ask` sends the
 * call and throws what RDS refuses it with; `changeOf` is what is noted before it. Throws Permanent
 * `rds.global-cluster-unmoved` when RDS begins and gives it up again.
 */
export async function moveWrites(
  clients: Clients,
  context: RunContext,
  input: MoveInput,
  { ask, changeOf }: { ask: () => Promise<void>; changeOf: (writer: string) => Change },
) {
  const { clusters } = clients.aws.rds;
  const { region, globalCluster, target } = input;
  let changes: Change[] = [];
  let asked = false;
  let begun = false;
  // A call whose answer was lost: what comes after it says nothing about it.
  let isUncertain = false;
  return context.waitUntil(async () => {
    const found = await findGlobalCluster(clusters, input, context.signal);
    context.progress(`${globalCluster} is ${found.status}`);
    const writer = writerOf(found)?.arn ?? '';
    if (writer === target) {
      const cluster = await clusters.describe(region, nameOfArn(target), context.signal);
      const { endpoint, port, identifier } = cluster;
      if ((await askServer(clients, context, { endpoint, port })).role !== 'primary') return undefined;
      const sentence = `${identifier} in ${region} writes for ${globalCluster}, as RDS and its server say.`;
      return { outputs: { endpoint, port, sentence }, changes, cluster };
    }
    if (found.status !== 'available') begun ||= asked;
    else if (begun) {
      const sentence = `RDS began to move ${globalCluster} to ${nameOfArn(target)} and gave it up: ${nameOfArn(writer)} still writes. See its events, then retry.`;
      throw new Permanent('rds.global-cluster-unmoved', sentence);
    } else if (!asked) {
      // Noted first: a call whose answer is lost may have been carried out.
      changes = [changeOf(writer)];
      context.changed(changes);
      await context.assertLease();
      try {
        asked = await askOnce(ask, { passing: [UNDER_WAY] });
      } catch (error) {
        if (isUncertain || !(error instanceof Permanent)) {
          isUncertain = true;
          throw error;
        }
        changes = [];
        context.changed(changes);
        throw error;
      }
    }
    return undefined;
  });
}

/** Throws Permanent `rds.global-cluster-not-found`. */
export async function findGlobalCluster(
  clusters: Clients['aws']['rds']['clusters'],
  { region, globalCluster }: Pick<MoveInput, 'region' | 'globalCluster'>,
  signal: AbortSignal,
): Promise<GlobalCluster> {
  const found = (await clusters.global(region, signal)).find(({ identifier }) => identifier === globalCluster);
  if (found) return found;
  throw new Permanent('rds.global-cluster-not-found', `RDS in ${region} knows no global cluster ${globalCluster}.`);
}

export function writerOf({ members }: Pick<GlobalCluster, 'members'>): GlobalCluster['members'][number] | undefined {
  return members.find(({ isWriter }) => isWriter);
}

/** `arn:aws:rds:us-west-2:123456789012:cluster:chatbot-prod-west-cluster` → `chatbot-prod-west-cluster` */
export function nameOfArn(arn: string): string {
  return arn.split(':').at(-1) ?? arn;
}

/** The database of system.yaml that is left when writes move to this region. */
export function leftBehind({ region }: Pick<MoveInput, 'region'>, { database }: Pick<System, 'database'>): Where {
  return region === database.primary.region ? database.replica : database.primary;
}
