import { z } from 'zod';
import { AwsError } from '../errors.ts';
import { page } from '../pages.ts';
import { integer, list } from '../query/decode.ts';
import { defineOperation } from '../query/operation.ts';
import { checkArn, checkPageSize, invalidMarker, loadBalancersOf, notFound } from './find.ts';
import { renderListener } from './listener.ts';

export const describeListeners = defineOperation({
  name: 'DescribeListeners',
  mutating: false,
  input: z.object({
    LoadBalancerArn: z.string().optional(),
    ListenerArns: list('member', z.string()).optional(),
    Marker: z.string().optional(),
    PageSize: integer.default(400),
  }),
  resource: ({ LoadBalancerArn, ListenerArns }) => ListenerArns?.join(',') ?? LoadBalancerArn ?? '*',
  answer({ LoadBalancerArn, ListenerArns, Marker, PageSize }, { world, region }) {
    checkPageSize(PageSize);
    if (!LoadBalancerArn && !ListenerArns?.length) {
      throw new AwsError('ValidationError', 'You must specify either listener ARNs or a load balancer ARN');
    }
    if (LoadBalancerArn) checkArn(LoadBalancerArn, 'loadbalancer/app', region);
    for (const arn of ListenerArns ?? []) checkArn(arn, 'listener/app', region);
    const all = loadBalancersOf(world.state, region);
    if (LoadBalancerArn && !all.some((one) => one.loadBalancerArn === LoadBalancerArn)) throw notFound.loadBalancer();
    if (ListenerArns && !ListenerArns.every((arn) => all.some((one) => one.listenerArn === arn))) {
      throw notFound.listener();
    }

    const wanted = all.filter(
      (one) =>
        (!LoadBalancerArn || one.loadBalancerArn === LoadBalancerArn) &&
        (!ListenerArns || ListenerArns.includes(one.listenerArn)),
    );
    const { items, marker } = page(wanted, (one) => one.listenerArn, PageSize, Marker, invalidMarker());
    return { Listeners: { member: items.map(renderListener) }, NextMarker: marker };
  },
});
