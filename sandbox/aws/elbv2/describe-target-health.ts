import { z } from 'zod';
import { integer, list } from '../query/decode.ts';
import { defineOperation } from '../query/operation.ts';
import type { Xml } from '../xml.ts';
import { checkArn, loadBalancersOf, notFound } from './find.ts';
import { TARGET_PORT, type Target, targetsOf } from './targets.ts';

const REASONS: Record<Target['state'], Xml> = {
  healthy: { State: 'healthy' },
  initial: {
    State: 'initial',
    Reason: 'Elb.InitialHealthChecking',
    Description: 'Initial health checks in progress',
  },
  draining: {
    State: 'draining',
    Reason: 'Target.DeregistrationInProgress',
    Description: 'Target deregistration is in progress',
  },
  unused: {
    State: 'unused',
    Reason: 'Target.NotInUse',
    Description: 'Target group is not configured to receive traffic from the load balancer',
  },
};

export const describeTargetHealth = defineOperation({
  name: 'DescribeTargetHealth',
  mutating: false,
  input: z.object({
    TargetGroupArn: z.string(),
    Targets: list('member', z.object({ Id: z.string(), Port: integer.default(TARGET_PORT) })).optional(),
  }),
  resource: ({ TargetGroupArn }) => TargetGroupArn,
  answer({ TargetGroupArn, Targets }, { world, region }) {
    checkArn(TargetGroupArn, 'targetgroup', region);
    const owner = loadBalancersOf(world.state, region).find((one) => one.targetGroups[TargetGroupArn]);
    const group = owner?.targetGroups[TargetGroupArn];
    if (!owner || !group) throw notFound.targetGroup();
    const targets = targetsOf(world.state, region, owner, group, world.clock.now());
    if (!Targets) return { TargetHealthDescriptions: { member: targets.map(render) } };

    const member = Targets.map((asked) => {
      const target = targets.find(({ id, port }) => id === asked.Id && port === asked.Port);
      return target ? render(target) : renderUnregistered(asked);
    });
    return { TargetHealthDescriptions: { member } };
  },
});

function render(target: Target): Xml {
  return {
    Target: { Id: target.id, Port: target.port },
    HealthCheckPort: String(target.port),
    TargetHealth: REASONS[target.state],
  };
}

function renderUnregistered(asked: { Id: string; Port: number }): Xml {
  return {
    Target: { Id: asked.Id, Port: asked.Port },
    TargetHealth: {
      State: 'unused',
      Reason: 'Target.NotRegistered',
      Description: 'Target is not registered to the target group',
    },
  };
}
