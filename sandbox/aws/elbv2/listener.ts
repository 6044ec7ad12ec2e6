import type { Xml } from '../xml.ts';
import type { LoadBalancerState } from './state.ts';

/** `Listener` as the API shows it: what was asked for, also while it is not in effect yet. */
export function renderListener(loadBalancer: LoadBalancerState): Xml {
  const weights = Object.entries(loadBalancer.weights);
  const only = weights.length === 1 ? weights[0]?.[0] : undefined;
  return {
    ListenerArn: loadBalancer.listenerArn,
    LoadBalancerArn: loadBalancer.loadBalancerArn,
    Port: loadBalancer.port,
    Protocol: 'HTTPS',
    SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
    DefaultActions: {
      member: {
        Type: 'forward',
        TargetGroupArn: only,
        ForwardConfig: {
          TargetGroups: { member: weights.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })) },
          TargetGroupStickinessConfig: { Enabled: false },
        },
      },
    },
  };
}
