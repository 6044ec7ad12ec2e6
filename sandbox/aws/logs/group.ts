import { createHash } from 'node:crypto';
import type { ApplicationLine } from '../../monitoring/state.ts';
import type { WorldState } from '../../world/state.ts';
import { accountOf } from '../arn.ts';
import { AwsError } from '../errors.ts';

/** EKS's name of the cluster of a region, by the deployment's namespace: `chatbot-cluster` of `chatbot-production`. */
export function clusterName(state: WorldState, region: string): string {
  const namespace = Object.values(state.kubernetes[region]?.deployments ?? {})[0]?.namespace ?? 'default';
  return `${namespace.replace(/-(production|prod|staging)$/, '')}-cluster`;
}

/** Where Fluent Bit of Container Insights collects what the pods of a region write. */
export function applicationGroup(state: WorldState, region: string): string {
  return `/aws/containerinsights/${clusterName(state, region)}/application`;
}

export function groupArn(state: WorldState, region: string, group: string): string {
  return `arn:aws:logs:${region}:${accountOf(state)}:log-group:${group}`;
}

/** The lines of a group. Throws ResourceNotFoundException for a group that the region does not have. */
export function linesOf(state: WorldState, region: string, group: string): readonly ApplicationLine[] {
  if (group === applicationGroup(state, region)) return state.applicationLogs?.[region] ?? [];
  throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
}

/** A line as it stands in its group. */
export function eventOf(state: WorldState, region: string, line: ApplicationLine) {
  const pod = state.kubernetes[region]?.pods[line.pod];
  const namespace = pod?.namespace ?? Object.values(state.kubernetes[region]?.deployments ?? {})[0]?.namespace ?? '';
  const container = pod?.deployment ?? line.pod.split('-').slice(0, -2).join('-');
  const id = createHash('sha256').update(`${region} ${line.pod}`).digest('hex');
  const content = {
    time: new Date(line.at).toISOString(),
    level: line.level,
    message: line.message,
    kubernetes: { namespace_name: namespace, pod_name: line.pod, container_name: container, host: pod?.node ?? '' },
  };
  return {
    logStreamName: `${pod?.node ?? 'node'}-application.var.log.containers.${line.pod}_${namespace}_${container}-${id}.log`,
    timestamp: line.at,
    message: JSON.stringify(content),
    ingestionTime: line.at,
    eventId: BigInt(
      `0x${createHash('sha256').update(`${line.at} ${line.pod} ${line.message}`).digest('hex').slice(0, 40)}`,
    )
      .toString()
      .padStart(56, '3'),
  };
}
