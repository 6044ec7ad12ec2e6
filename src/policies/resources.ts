import type { IamKind } from '../domain/permissions.ts';
import type { System } from '../domain/system.ts';
import type { Names } from './needs.ts';

export interface Scope {
  resources: string[];
  condition?: Record<string, Record<string, string | string[]>>;
}

/** The longest beginning of an instance's name that a dated name keeps: 63 characters, less `-replaced-20261121-2204`. */
const KEPT_OF_NAME = 40;

/**
 * The ARNs that each kind of thing has in a system. What system.yaml does not declare has none: then no step can use it.
 * Account and partition are those of the load balancers, which system.yaml names by their ARNs.
 */
export function scopesOf(system: System, names: Names): Record<IamKind, Scope> {
  const { database, backups, kubernetes, dns, loadBalancers, routingControls, trafficObject } = system;
  const [, partition = 'aws', , , account = '*'] = Object.values(loadBalancers)[0]?.listener.split(':') ?? [];
  const databases = [database.primary, database.replica];
  const regions = [...new Set([...databases.map(({ region }) => region), ...Object.values(system.regions)])].sort();
  const arn = (service: string, region: string, resource: string) =>
    `arn:${partition}:${service}:${region}:${region === '' && service !== 'rds' ? '' : account}:${resource}`;
  const everywhere = (service: string, ...resources: string[]): Scope => ({
    resources: regions.flatMap((region) => resources.map((resource) => arn(service, region, resource))),
  });
  /** The instances of system.yaml, and what is made or kept beside them under a dated name. */
  const ofInstances = (resourcesOf: (instance: string) => string[]): Scope => ({
    resources: databases.flatMap(({ region, instance }) =>
      resourcesOf(instance).map((resource) => arn('rds', region, resource)),
    ),
  });
  const beside = (instance: string) => `${instance.slice(0, KEPT_OF_NAME).replace(/-+$/, '')}-*`;
  const throughRds = { 'kms:ViaService': regions.map((region) => `rds.${region}.amazonaws.com`) };
  const objects = (bucket: string, key: string): Scope => ({ resources: [`arn:${partition}:s3:::${bucket}/${key}`] });
  const secrets = [...(database.secret === undefined ? [] : [database.secret]), ...names.secret];

  return {
    anything: { resources: ['*'] },
    // Instances are found by their resource id after a rename, and replicas by the names that RDS gives: both are lists.
    'any-database': everywhere('rds', 'db:*'),
    'any-cluster': everywhere('rds', 'cluster:*'),
    'automated-backup': everywhere('rds', 'auto-backup:*'),
    'any-global-cluster': { resources: [arn('rds', '', 'global-cluster:*')] },
    database: ofInstances((instance) => [`db:${instance}`, `db:${beside(instance)}`]),
    // A replica and a restored instance get the groups of another one, whatever they are called.
    'database-groups': everywhere('rds', 'og:*', 'pg:*', 'subgrp:*'),
    // A snapshot may have been taken by anybody, under any name.
    'any-snapshot': everywhere('rds', 'snapshot:*'),
    'own-snapshot': ofInstances((instance) => [`snapshot:${beside(instance)}`]),
    'database-cluster': ofInstances((instance) => [`cluster:${clusterPrefix(instance)}*`]),
    'global-cluster': {
      resources: [
        ...new Set(databases.map(({ instance }) => arn('rds', '', `global-cluster:${clusterPrefix(instance)}*`))),
      ],
    },
    key: { ...everywhere('kms', 'key/*'), condition: { StringEquals: throughRds } },
    'key-grant': {
      ...everywhere('kms', 'key/*'),
      condition: { StringEquals: throughRds, Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    },
    alarm: everywhere('cloudwatch', ...names.alarm.map((name) => `alarm:${name}`)),
    'log-group': everywhere('logs', ...names.group.map((name) => `log-group:${name}:*`)),
    'eks-cluster': {
      resources: Object.entries(kubernetes.clusters ?? {}).map(([region, name]) =>
        arn('eks', region, `cluster/${name}`),
      ),
    },
    listener: { resources: Object.values(loadBalancers).map(({ listener }) => listener) },
    'hosted-zone': { resources: [arn('route53', '', `hostedzone/${dns.hostedZone}`)] },
    // Where a step chooses its change batch only when it runs, no name is known.
    'dns-record': {
      resources: [arn('route53', '', `hostedzone/${dns.hostedZone}`)],
      ...(names.record.length > 0 && {
        condition: {
          'ForAllValues:StringLike': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': names.record },
        },
      }),
    },
    'dns-change': { resources: [arn('route53', '', 'change/*')] },
    'routing-control': { resources: Object.values(routingControls?.controls ?? {}) },
    backups: backups ? objects(backups.bucket, `${backups.prefix}*`) : { resources: [] },
    'backups-bucket': backups
      ? {
          resources: [`arn:${partition}:s3:::${backups.bucket}`],
          condition: { StringLike: { 's3:prefix': `${backups.prefix}*` } },
        }
      : { resources: [] },
    'traffic-object': trafficObject ? objects(trafficObject.bucket, trafficObject.key) : { resources: [] },
    'traffic-bucket': { resources: trafficObject ? [`arn:${partition}:s3:::${trafficObject.bucket}`] : [] },
    // Secrets Manager adds a hyphen and six characters of its own to the name.
    secret: everywhere('secretsmanager', ...secrets.map((name) => `secret:${name}-??????`)),
  };
}

/**
 * What the name of an instance's cluster begins with, which system.yaml does not tell: the instance's own name, without
 * the number that RDS's console (`shop-instance-1`) and the usual modules (`shop-1`) give the members of a cluster `shop`.
 */
function clusterPrefix(instance: string): string {
  return instance.replace(/(-instance)?-\d+$/, '');
}
