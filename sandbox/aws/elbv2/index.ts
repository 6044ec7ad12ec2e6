import { AwsError } from '../errors.ts';
import type { QueryService } from '../query/operation.ts';
import { describeListeners } from './describe-listeners.ts';
import { describeLoadBalancers } from './describe-load-balancers.ts';
import { describeTargetGroups } from './describe-target-groups.ts';
import { describeTargetHealth } from './describe-target-health.ts';
import { modifyListener } from './modify-listener.ts';

export const elbv2: QueryService = {
  name: 'elbv2',
  signingName: 'elasticloadbalancing',
  version: '2015-12-01',
  namespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
  operations: [describeListeners, describeLoadBalancers, describeTargetGroups, describeTargetHealth, modifyListener],
  invalidParameter(path, missing, complaint) {
    const member = path.charAt(0).toLowerCase() + path.slice(1);
    const detail = missing
      ? `Value null at '${member}' failed to satisfy constraint: Member must not be null`
      : `Value at '${member}' failed to satisfy constraint: ${complaint}`;
    return new AwsError('ValidationError', `1 validation error detected: ${detail}`);
  },
};
