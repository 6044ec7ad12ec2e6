import type { DatabaseInstance } from '../../../adapters/aws/rds.ts';
import type { DatabaseCluster } from '../../../adapters/aws/rds-clusters.ts';
import { observationTimeout, within } from '../../../adapters/deadline.ts';
import type { Clients } from '../../../adapters/index.ts';
import type { ObserveContext } from '../../../domain/action.ts';
import { Retryable } from '../../../domain/errors.ts';
import { instanceName } from '../../../domain/instance-name.ts';

/** Share of an observation's time that the primary's region gets, so that what follows from its silence is still said. */
const SHARE = 0.6;

/**
 * What can take over from the primary of system.yaml:
 *
 * - `multi-az`: a standby in another zone, by RDS itself or by a reboot with failover;
 * - `cluster`: a reader of its Aurora or Multi-AZ cluster;
 * - `replica`: a read replica, by promotion;
 * - `region`: nothing that can be asked: RDS does not answer in the primary's region. What takes over is another region.
 */
export const FORMS = ['multi-az', 'cluster', 'replica', 'region'] as const;
export type Form = (typeof FORMS)[number];

export interface Standing {
  form: Form;
  /** Where the call that moves it goes. */
  region: string;
  /** The writer as RDS has it; of a cluster it may be another than system.yaml's. */
  instance: string;
  /** '' where there is none. */
  cluster: string;
  /** The instance that becomes the writer of the cluster; '' for the others. */
  target: string;
  /** RDS's own words; '' when RDS does not answer. */
  status: string;
  /** Where clients reach the writer; '' and 0 when RDS does not answer. */
  endpoint: string;
  port: number;
  /** Zone as RDS shows it, which is minutes old after a failover. */
  zone: string;
  /** Replicas of it that RDS names. */
  replicas: string[];
  instanceClass: string;
  sentence: string;
}

/**
 * Looks up how the primary of system.yaml is kept, and what would take over. A region that does not answer is an answer
 * too; everything else that RDS refuses (no such instance, no permission) is thrown.
 */
export async function readStanding(
  { aws }: Clients,
  { system, clock, signal }: Pick<ObserveContext, 'system' | 'clock' | 'signal'>,
): Promise<Standing> {
  const { region, instance } = system.database.primary;
  const patience = within(SHARE * observationTimeout(clock), signal);
  try {
    const found = await aws.rds.describe(region, instance, patience);
    if (found.cluster === '') return ofInstance(region, found);
    return ofCluster(region, found, await aws.rds.clusters.describe(region, found.cluster, patience));
  } catch (error) {
    if (!(error instanceof Retryable)) throw error;
    return unknownStanding(region, instance);
  }
}

function ofInstance(region: string, found: DatabaseInstance): Standing {
  const { identifier, status, endpoint, port, multiAz, zone, replicas, instanceClass } = found;
  const kept = multiAz ? 'a standby in another zone' : 'no standby of its own';
  return {
    form: multiAz ? 'multi-az' : 'replica',
    region,
    instance: identifier,
    cluster: '',
    target: '',
    status,
    endpoint,
    port,
    zone,
    replicas,
    instanceClass,
    sentence: `RDS says that ${instanceName({ region, instance: identifier })} is ${status}, with ${kept}.`,
  };
}

function ofCluster(region: string, found: DatabaseInstance, cluster: DatabaseCluster): Standing {
  const writer = cluster.members.find(({ isWriter }) => isWriter)?.instance ?? found.identifier;
  const target = readersOf(cluster)[0]?.instance ?? '';
  const readers = target === '' ? 'no reader' : `${cluster.members.length - 1} readers`;
  return {
    form: 'cluster',
    region,
    instance: writer,
    cluster: cluster.identifier,
    target,
    status: cluster.status,
    endpoint: cluster.endpoint,
    port: cluster.port,
    zone: found.zone,
    replicas: [],
    instanceClass: found.instanceClass,
    sentence: `RDS says that the cluster ${cluster.identifier} in ${region} is ${cluster.status}: ${writer} writes, with ${readers.replace(/^1 readers$/, '1 reader')}.`,
  };
}

/** Those that can become the writer, as Aurora itself would choose: the lowest promotion tier first, then by name. */
export function readersOf({ members }: Pick<DatabaseCluster, 'members'>): DatabaseCluster['members'] {
  return members
    .filter(({ isWriter }) => !isWriter)
    .sort((one, other) => one.promotionTier - other.promotionTier || one.instance.localeCompare(other.instance));
}

function unknownStanding(region: string, instance: string): Standing {
  return {
    form: 'region',
    region,
    instance,
    cluster: '',
    target: '',
    status: '',
    endpoint: '',
    port: 0,
    zone: '',
    replicas: [],
    instanceClass: '',
    sentence: `RDS does not answer in ${region}.`,
  };
}
