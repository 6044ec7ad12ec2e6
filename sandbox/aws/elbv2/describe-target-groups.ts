import { z } from 'zod';
import { page } from '../pages.ts';
import { integer, list } from '../query/decode.ts';
import { defineOperation } from '../query/operation.ts';
import { checkArn, checkPageSize, invalidMarker, loadBalancersOf, notFound } from './find.ts';
import { TARGET_PORT } from './targets.ts';

export const describeTargetGroups = defineOperation({
  name: 'DescribeTargetGroups',
  mutating: false,
  input: z.object({
    LoadBalancerArn: z.string().optional(),
    TargetGroupArns: list('member', z.string()).optional(),
    Names: list('member', z.string()).optional(),
    Marker: z.string().optional(),
    PageSize: integer.default(400),
  }),
  resource: ({ LoadBalancerArn, TargetGroupArns, Names }) =>
    TargetGroupArns?.join(',') ?? Names?.join(',') ?? LoadBalancerArn ?? '*',
  answer({ LoadBalancerArn, TargetGroupArns: arns, Names: names, Marker, PageSize }, { world, region }) {
    checkPageSize(PageSize);
    if (LoadBalancerArn) checkArn(LoadBalancerArn, 'loadbalancer/app', region);
    for (const arn of arns ?? []) checkArn(arn, 'targetgroup', region);
    const loadBalancers = loadBalancersOf(world.state, region);
    if (LoadBalancerArn && !loadBalancers.some((one) => one.loadBalancerArn === LoadBalancerArn)) {
      throw notFound.loadBalancer();
    }
    const all = loadBalancers.flatMap((owner) =>
      Object.values(owner.targetGroups).map((group) => ({
        owner,
        group,
        used: owner.weights[group.arn] !== undefined,
      })),
    );
    if (arns && !arns.every((arn) => all.some(({ group }) => group.arn === arn))) throw notFound.targetGroup();
    if (names && !names.every((name) => all.some(({ group }) => group.name === name))) throw notFound.targetGroup();

    const wanted = all.filter(
      ({ owner, group, used }) =>
        (!LoadBalancerArn || (used && owner.loadBalancerArn === LoadBalancerArn)) &&
        (!arns || arns.includes(group.arn)) &&
        (!names || names.includes(group.name)),
    );
    const { items, marker } = page(wanted, ({ group }) => group.name, PageSize, Marker, invalidMarker());
    const member = items.map(({ owner, group, used }) => ({
      TargetGroupArn: group.arn,
      TargetGroupName: group.name,
      Protocol: 'HTTP',
      Port: TARGET_PORT,
      HealthCheckProtocol: 'HTTP',
      HealthCheckPort: 'traffic-port',
      HealthCheckEnabled: true,
      HealthCheckIntervalSeconds: 10,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 2,
      HealthCheckPath: group.healthCheckPath,
      Matcher: { HttpCode: '200' },
      LoadBalancerArns: { member: used ? [owner.loadBalancerArn] : [] },
      TargetType: 'ip',
      ProtocolVersion: 'HTTP1',
      IpAddressType: 'ipv4',
    }));
    return { TargetGroups: { member }, NextMarker: marker };
  },
});
