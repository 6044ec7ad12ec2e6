export interface LoadBalancerState {
  loadBalancerArn: string;
  host: string;
  listenerArn: string;
  port: number;
  /** Forward weights by target group ARN, as the API shows them. */
  weights: Record<string, number>;
  /** From when on traffic follows `weights`; until then it follows `previousWeights`. */
  effectiveAt: number;
  previousWeights: Record<string, number>;
  targetGroups: Record<string, TargetGroupState>;
}

export interface TargetGroupState {
  arn: string;
  name: string;
  kind: 'service' | 'standby';
  healthCheckPath: string;
  /** The deployment whose pods are its targets; absent: those of every deployment in the region. */
  deployment?: string;
}
