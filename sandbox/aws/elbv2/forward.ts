import { z } from 'zod';
import { AwsError } from '../errors.ts';
import { integer, list } from '../query/decode.ts';

/** Most target groups of one forward action, and the range of a weight (ELBv2 API reference, ForwardActionConfig). */
const MOST_GROUPS = 5;
const MOST_WEIGHT = 999;

export const Action = z.object({
  Type: z.string(),
  TargetGroupArn: z.string().optional(),
  ForwardConfig: z
    .object({
      TargetGroups: list('member', z.object({ TargetGroupArn: z.string(), Weight: integer.optional() })).optional(),
    })
    .optional(),
});

/** Weights by target group ARN that a listener's default actions ask for; throws ValidationError and the like. */
export function readForward(actions: readonly z.infer<typeof Action>[]): Record<string, number> {
  const [action] = actions;
  if (!action) throw invalid('A default action is required');
  if (actions.length > 1) throw invalid('A listener can have only one forward action');
  if (action.Type !== 'forward') {
    // The real service knows further types; the simulated load balancer forwards and nothing else.
    throw new AwsError(
      'InvalidLoadBalancerAction',
      `The action type '${action.Type}' is not valid with this load balancer`,
    );
  }
  const groups = action.ForwardConfig?.TargetGroups ?? [];
  if (groups.length === 0) {
    if (!action.TargetGroupArn) throw invalid('A target group ARN must be specified');
    return { [action.TargetGroupArn]: 1 };
  }
  if (action.TargetGroupArn && (groups.length > 1 || groups[0]?.TargetGroupArn !== action.TargetGroupArn)) {
    throw invalid(
      'You can specify both a target group ARN and a forward configuration only if they name one and the same target group',
    );
  }
  if (groups.length > MOST_GROUPS) throw invalid(`A forward action can have at most ${MOST_GROUPS} target groups`);

  const weights: Record<string, number> = {};
  for (const { TargetGroupArn: arn, Weight = 1 } of groups) {
    if (Weight < 0 || Weight > MOST_WEIGHT)
      throw invalid(`Target group weight '${Weight}' must be between 0 and ${MOST_WEIGHT}`);
    if (weights[arn] !== undefined) throw invalid(`Target group '${arn}' was specified more than once`);
    weights[arn] = Weight;
  }
  return weights;
}

const invalid = (sentence: string) => new AwsError('ValidationError', sentence);
