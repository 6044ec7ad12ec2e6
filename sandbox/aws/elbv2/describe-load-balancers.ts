import { z } from 'zod';
import { readElbArn } from '../arn.ts';
import { page } from '../pages.ts';
import { integer, list } from '../query/decode.ts';
import { defineOperation } from '../query/operation.ts';
import { timestamp, type Xml } from '../xml.ts';
import { checkArn, checkPageSize, invalidMarker, loadBalancersOf, notFound } from './find.ts';
import type { LoadBalancerState } from './state.ts';

const DAY = 86_400_000;

export const describeLoadBalancers = defineOperation({
  name: 'DescribeLoadBalancers',
  mutating: false,
  input: z.object({
    LoadBalancerArns: list('member', z.string()).optional(),
    Names: list('member', z.string()).optional(),
    Marker: z.string().optional(),
    PageSize: integer.default(400),
  }),
  resource: ({ LoadBalancerArns, Names }) => LoadBalancerArns?.join(',') ?? Names?.join(',') ?? '*',
  answer({ LoadBalancerArns: arns, Names: names, Marker, PageSize }, { world, region }) {
    checkPageSize(PageSize);
    for (const arn of arns ?? []) checkArn(arn, 'loadbalancer/app', region);
    const all = loadBalancersOf(world.state, region);
    const known = (test: (loadBalancer: LoadBalancerState) => boolean) => all.some(test);
    if (arns && !arns.every((arn) => known((one) => one.loadBalancerArn === arn))) throw notFound.loadBalancer();
    if (names && !names.every((name) => known((one) => nameOf(one) === name))) throw notFound.loadBalancer();

    const wanted = all.filter(
      (one) => (!arns || arns.includes(one.loadBalancerArn)) && (!names || names.includes(nameOf(one))),
    );
    const { items, marker } = page(wanted, (one) => one.loadBalancerArn, PageSize, Marker, invalidMarker());
    const createdAt = world.state.startedAt - 400 * DAY;
    return { LoadBalancers: { member: items.map((one) => render(one, region, createdAt)) }, NextMarker: marker };
  },
});

function nameOf(loadBalancer: LoadBalancerState): string {
  return readElbArn(loadBalancer.loadBalancerArn)?.name ?? '';
}

function render(loadBalancer: LoadBalancerState, region: string, createdAt: number): Xml {
  return {
    LoadBalancerArn: loadBalancer.loadBalancerArn,
    DNSName: loadBalancer.host,
    CreatedTime: timestamp(createdAt),
    LoadBalancerName: nameOf(loadBalancer),
    Scheme: 'internet-facing',
    State: { Code: 'active' },
    Type: 'application',
    AvailabilityZones: { member: ['a', 'b'].map((zone) => ({ ZoneName: `${region}${zone}` })) },
    IpAddressType: 'ipv4',
  };
}
