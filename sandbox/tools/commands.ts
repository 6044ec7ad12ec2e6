import { isAbsolute, join, relative, resolve } from 'node:path';
import pg from 'pg';
import type { ToolCommand } from '../control/wire.ts';
import type { ToolEndpoints } from './endpoints.ts';
import { variableOf } from './environment.ts';
import { FILES } from './files.ts';
import { connection, quote } from './quote.ts';
import { writeSettings } from './settings.ts';

export type { ToolEndpoints } from './endpoints.ts';

/**
 * Writes what kubectl, the AWS CLI, psql and curl need into `directory`, and returns commands to paste: the first one
 * prepares a shell, the others need that shell. They only look, so that in a shell that is not prepared, and leads to
 * somebody's real systems, nothing happens.
 */
export async function writeToolSettings(endpoints: ToolEndpoints): Promise<ToolCommand[]> {
  await writeSettings({ ...endpoints, directory: resolve(endpoints.directory) });
  return [
    {
      tool: 'shell',
      title: 'First, once in each terminal',
      command: `source ${quote(fromHere(join(endpoints.directory, FILES.environment)))}`,
    },
    ...digCommands(endpoints),
    ...awsCommands(endpoints),
    ...kubectlCommands(endpoints),
    ...psqlCommands(endpoints),
    ...curlCommands(endpoints),
  ];
}

/** Relative to the working directory when it is below it. */
function fromHere(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') || isAbsolute(path) ? file : path;
}

const say = (...words: string[]) => words.map(quote).join(' ');

function digCommands({ system, dns }: ToolEndpoints): ToolCommand[] {
  const ask = (title: string, server: string): ToolCommand => {
    const [host = '', port = '53'] = server.split(':');
    return { tool: 'dig', title, command: say('dig', `@${host}`, '-p', port, system.dns.record, '+noall', '+answer') };
  };
  return [
    ...dns.resolvers.map(({ name, address }) => ask(`What ${name}'s users are told, and for how long`, address)),
    ask('What the name servers answer now', dns.authoritative),
  ];
}

function awsCommands({ system }: ToolEndpoints): ToolCommand[] {
  const regions = Object.keys(system.loadBalancers);
  const command = (title: string, words: string[], query: string): ToolCommand => ({
    tool: 'aws',
    title,
    command: `${['aws', ...words].join(' ')} --query ${quote(query)} --output table`,
  });
  const inRegion = (region: string) => ['--region', quote(region)];
  return [
    ...regions.map((region) =>
      command(
        `Databases in ${region}`,
        ['rds', 'describe-db-instances', ...inRegion(region)],
        'DBInstances[].{Instance:DBInstanceIdentifier,Status:DBInstanceStatus,ReplicaOf:ReadReplicaSourceDBInstanceIdentifier}',
      ),
    ),
    command(
      `Aliases in the zone ${system.dns.zone}`,
      ['route53', 'list-resource-record-sets', '--hosted-zone-id', `"$${variableOf.hostedZone}"`],
      "ResourceRecordSets[?Type=='CNAME'].{Name:Name,Which:SetIdentifier,TTL:TTL,Value:ResourceRecords[0].Value}",
    ),
    ...regions.map((region) =>
      command(
        `Where the load balancer of ${region} sends users`,
        ['elbv2', 'describe-listeners', ...inRegion(region), '--listener-arns', `"$${variableOf.listener(region)}"`],
        'Listeners[].DefaultActions[].ForwardConfig.TargetGroups[]',
      ),
    ),
    ...regions.map((region) =>
      command(
        `Healthy targets in ${region}`,
        [
          ...['elbv2', 'describe-target-health', ...inRegion(region)],
          ...['--target-group-arn', `"$${variableOf.targetGroup(region)}"`],
        ],
        "{Healthy:length(TargetHealthDescriptions[?TargetHealth.State=='healthy']),All:length(TargetHealthDescriptions)}",
      ),
    ),
    ...(system.routingControls?.endpoints.slice(0, 1) ?? []).map(({ region }) =>
      command(
        'Routing controls: where traffic is let in',
        ['route53-recovery-cluster', 'list-routing-controls', ...inRegion(region)],
        'RoutingControls[].{Region:RoutingControlName,State:RoutingControlState}',
      ),
    ),
    { tool: 'aws', title: 'Who you are there', command: 'aws sts get-caller-identity' },
  ];
}

function kubectlCommands({ system }: ToolEndpoints): ToolCommand[] {
  const { contexts, deployments } = system.kubernetes;
  const command = (title: string, context: string, ...words: string[]): ToolCommand => ({
    tool: 'kubectl',
    title,
    command: say('kubectl', '--context', context, ...words),
  });
  const secondary = contexts[system.regions.secondary];
  const [first] = deployments;
  return [
    ...Object.entries(contexts).map(([region, context]) =>
      command(`Deployments in ${region}`, context, 'get', 'deployments'),
    ),
    ...(secondary && first
      ? [
          command(`Pods in ${system.regions.secondary}`, secondary, 'get', 'pods'),
          command(`Whether ${first} is rolled out there`, secondary, 'rollout', 'status', `deployment/${first}`),
        ]
      : []),
  ];
}

function psqlCommands({ system }: ToolEndpoints): ToolCommand[] {
  const { primary, replica, applicationUsers } = system.database;
  const users = applicationUsers.map((name) => pg.escapeLiteral(name)).join(', ');
  const command = (title: string, to: { service: string; user?: string }, sql: string): ToolCommand => ({
    tool: 'psql',
    title,
    command: say('psql', connection(to), '-c', sql),
  });
  const state = [
    'SELECT pg_is_in_recovery() AS is_replica,',
    `(SELECT bool_and(rolcanlogin) FROM pg_roles WHERE rolname IN (${users})) AS logins_allowed,`,
    'count(*) AS rows, max(id) AS newest_row FROM messages',
  ].join(' ');
  return [
    ...[primary, replica].map(({ instance }) =>
      command(`${instance}: replica or primary, logins, rows`, { service: instance }, state),
    ),
    command(
      `Who receives the changes of ${primary.instance}`,
      { service: primary.instance },
      'SELECT application_name, state, sent_lsn, replay_lsn, replay_lag FROM pg_stat_replication',
    ),
    command(
      `What ${replica.instance} has received and replayed`,
      { service: replica.instance },
      'SELECT pg_last_wal_receive_lsn() AS received, pg_last_wal_replay_lsn() AS replayed, pg_last_xact_replay_timestamp() AS newest_change',
    ),
    ...applicationUsers
      .slice(0, 1)
      .map((user) =>
        command(
          `Sign in to ${primary.instance} as the application does`,
          { service: primary.instance, user },
          'SELECT current_user',
        ),
      ),
  ];
}

function curlCommands({ system }: ToolEndpoints): ToolCommand[] {
  const command = (title: string, url: string): ToolCommand => ({
    tool: 'curl',
    title,
    command: `curl -K "$${variableOf.curl}" ${quote(url)}`,
  });
  return [
    command('Whether users are served', system.endpoints.health),
    ...Object.entries(system.endpoints.ready).map(([region, url]) =>
      command(`Whether the services in ${region} are ready`, url),
    ),
    ...(system.journey
      ? [
          {
            tool: 'curl' as const,
            title: 'Whether the test user can sign in',
            command: `curl -K "$${variableOf.curl}" -d @"$${variableOf.testUser}" ${quote(system.journey.signIn)}`,
          },
        ]
      : []),
  ];
}
