import type { System } from '../../src/domain/system.ts';
import { databaseArn, readElbArn } from '../aws/arn.ts';
import type { RdsCluster, RdsInstance } from '../aws/rds/state.ts';
import { fleetOf } from '../postgres/fleet.ts';
import type { WorldState } from './state.ts';
import type { Topology } from './topology.ts';

/** Of the embedded PostgreSQL servers that stand behind the instances. */
const ENGINE_VERSION = '18.4';

type Databases = Pick<WorldState, 'rds' | 'rdsClusters' | 'rdsGlobalClusters' | 'databases'>;
type Place = System['database']['primary'];

/** Every name that clients reach databases by when a world of this form begins: each needs a port. */
export function databaseNames(system: System, topology: Topology): string[] {
  const { primary, replica } = system.database;
  const ends = [primary.instance, replica.instance];
  if (topology === 'in-region-replica') return [...ends, inRegionReplica(system)];
  if (topology !== 'aurora') return ends;
  return [...ends, readerOf(system), ...[primary, replica].flatMap((place) => Object.values(endpointsOf(place)))];
}

/** Of the topology `in-region-replica`. */
function inRegionReplica({ database: { primary } }: System): string {
  return `${primary.instance}-replica`;
}

/** Of the topology `aurora`: the reader beside the writer. */
function readerOf({ database: { primary } }: System): string {
  return `${primary.instance}-reader`;
}

/** Of the topology `aurora`: the cluster in the region of this instance. */
function clusterOf({ instance }: Pick<Place, 'instance'>): string {
  return `${instance}-cluster`;
}

function globalClusterOf({ database: { primary } }: System): string {
  return `${primary.instance}-global`;
}

function endpointsOf({ region, instance }: Place): { writer: string; reader: string } {
  const name = clusterOf({ instance });
  return {
    writer: `${name}.cluster-c1a2b3.${region}.rds.amazonaws.com`,
    reader: `${name}.cluster-ro-c1a2b3.${region}.rds.amazonaws.com`,
  };
}

/**
 * The databases of a healthy world in this form, and the servers behind them. Throws, in one sentence, when a name has
 * no port.
 */
export function createDatabases(
  system: System,
  systemName: string,
  ports: Record<string, number>,
  topology: Topology,
): Databases {
  const { primary, replica } = system.database;
  const account = readElbArn(Object.values(system.loadBalancers)[0]?.listener ?? '')?.account ?? '123456789012';
  const portOf = (name: string) => {
    const port = ports[name];
    if (port === undefined) throw new Error(`No port is given for the database instance ${name} of ${systemName}.`);
    return port;
  };
  /** Across regions RDS names the other end by ARN, within one by its identifier. */
  const nameFrom = (region: string, other: Place) =>
    other.region === region ? other.instance : databaseArn(account, other.region, other.instance);
  const create = ({ region, instance }: Place, zone: string): RdsInstance => ({
    identifier: instance,
    region,
    instanceClass: 'db.r6g.2xlarge',
    engineVersion: ENGINE_VERSION,
    status: 'available',
    address: `${instance}.c1a2b3.${region}.rds.amazonaws.com`,
    port: portOf(instance),
    multiAz: false,
    zone: `${region}${zone}`,
    replicas: [],
    backupRetentionDays: 7,
    databaseName: system.database.name,
  });
  const inRegions = (instances: readonly RdsInstance[]) => {
    const rds: WorldState['rds'] = {};
    for (const region of Object.keys(system.loadBalancers)) rds[region] = {};
    for (const instance of instances) {
      rds[instance.region] = { ...rds[instance.region], [instance.identifier]: instance };
    }
    return rds;
  };

  if (topology === 'aurora') return aurora();

  const beside = { region: primary.region, instance: inRegionReplica(system) };
  const replicas = topology === 'in-region-replica' ? [replica, beside] : [replica];
  const instances = [
    {
      ...create(primary, 'a'),
      replicas: replicas.map((other) => nameFrom(primary.region, other)),
      ...(topology === 'multi-az' && { multiAz: true, secondaryZone: `${primary.region}b` }),
    },
    ...replicas.map((other) => ({
      // Never in the primary's own zone.
      ...create(other, other.region === primary.region ? 'b' : 'a'),
      replicaSource: nameFrom(other.region, primary),
      backupRetentionDays: 0,
    })),
  ];
  return { rds: inRegions(instances), databases: fleetOf(instances) };

  /** Its readers are in step with the writer, and the standby region follows: replication is the storage's affair. */
  function aurora(): Databases {
    const reader = { region: primary.region, instance: readerOf(system) };
    const clusters = [
      createCluster(primary, [primary.instance, reader.instance]),
      createCluster(replica, [replica.instance]),
    ];
    const instances = [
      { ...create(primary, 'a'), cluster: clusterOf(primary) },
      { ...create(reader, 'b'), cluster: clusterOf(primary) },
      { ...create(replica, 'a'), cluster: clusterOf(replica) },
    ];
    const fleet = fleetOf(instances);
    Object.assign(fleet.servers[reader.instance] ?? {}, { source: primary.instance, synchronous: true });
    Object.assign(fleet.servers[replica.instance] ?? {}, { source: primary.instance });
    for (const { endpoint, port, readerEndpoint, readerPort, writer, members } of clusters) {
      Object.assign(fleet.ports, { [endpoint]: port, [readerEndpoint]: readerPort });
      Object.assign(fleet.aliases, { [endpoint]: writer, [readerEndpoint]: members.at(-1) ?? writer });
    }
    const arnOf = ({ region, identifier }: RdsCluster) => `arn:aws:rds:${region}:${account}:cluster:${identifier}`;
    const [first, ...others] = clusters.map(arnOf);
    const identifier = globalClusterOf(system);
    return {
      rds: inRegions(instances),
      databases: fleet,
      rdsClusters: Object.fromEntries(clusters.map((cluster) => [cluster.region, { [cluster.identifier]: cluster }])),
      rdsGlobalClusters: {
        [identifier]: { identifier, status: 'available', primary: first ?? '', secondaries: others },
      },
    };
  }

  function createCluster(place: Place, members: string[]): RdsCluster {
    const { writer, reader } = endpointsOf(place);
    return {
      identifier: clusterOf(place),
      region: place.region,
      status: 'available',
      endpoint: writer,
      port: portOf(writer),
      readerEndpoint: reader,
      readerPort: portOf(reader),
      writer: place.instance,
      members,
      databaseName: system.database.name,
      engineVersion: ENGINE_VERSION,
      globalCluster: globalClusterOf(system),
    };
  }
}
