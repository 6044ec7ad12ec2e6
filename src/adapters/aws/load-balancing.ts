import {
  DescribeListenersCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  type Action as ListenerAction,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { Permanent } from '../../domain/errors.ts';
import { type AwsEndpoints, perRegion, readSettings, writeSettings } from './client-settings.ts';
import { translateAwsError } from './errors.ts';

export interface LoadBalancing {
  /** Forward weights of the listener's default action, by target group ARN. */
  weights(region: string, listener: string, signal: AbortSignal): Promise<Record<string, number>>;
  /** Replaces the forward weights; other default actions (a sign-in, for example) stay as they are. */
  forward(region: string, listener: string, weights: Record<string, number>, signal: AbortSignal): Promise<void>;
  /** How many targets of a group pass their health check, and how many there are. */
  health(region: string, targetGroup: string, signal: AbortSignal): Promise<{ healthy: number; total: number }>;
  close(): void;
}

export function createLoadBalancing(endpoints: AwsEndpoints = {}): LoadBalancing {
  const reader = perRegion((region) => new ElasticLoadBalancingV2Client(readSettings(region, endpoints[region])));
  const writer = perRegion((region) => new ElasticLoadBalancingV2Client(writeSettings(region, endpoints[region])));
  const translate = (error: unknown, region: string, subject: string) =>
    translateAwsError(error, 'elbv2', `Load balancing in ${region}, ${subject}`);

  const defaultActions = async (region: string, listener: string, signal: AbortSignal): Promise<ListenerAction[]> => {
    const command = new DescribeListenersCommand({ ListenerArns: [listener] });
    const { Listeners } = await reader.of(region).send(command, { abortSignal: signal });
    const actions = Listeners?.[0]?.DefaultActions;
    if (!actions) throw new Permanent('elbv2.listener-not-found', `There is no listener ${listener}.`);
    return actions;
  };

  return {
    async weights(region, listener, signal) {
      try {
        return forwardWeights(await defaultActions(region, listener, signal));
      } catch (error) {
        throw translate(error, region, `listener ${shortArn(listener)}`);
      }
    },
    async forward(region, listener, weights, signal) {
      try {
        const others = (await defaultActions(region, listener, signal)).filter(({ Type }) => !ENDS.has(Type ?? ''));
        const TargetGroups = Object.entries(weights).map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight }));
        const forward: ListenerAction = { Type: 'forward', ForwardConfig: { TargetGroups } };
        const command = new ModifyListenerCommand({ ListenerArn: listener, DefaultActions: [...others, forward] });
        await writer.of(region).send(command, { abortSignal: signal });
      } catch (error) {
        throw translate(error, region, `listener ${shortArn(listener)}`);
      }
    },
    async health(region, targetGroup, signal) {
      try {
        const command = new DescribeTargetHealthCommand({ TargetGroupArn: targetGroup });
        const { TargetHealthDescriptions = [] } = await reader.of(region).send(command, { abortSignal: signal });
        const healthy = TargetHealthDescriptions.filter(({ TargetHealth }) => TargetHealth?.State === 'healthy').length;
        return { healthy, total: TargetHealthDescriptions.length };
      } catch (error) {
        throw translate(error, region, `target group ${shortArn(targetGroup)}`);
      }
    },
    close() {
      reader.close();
      writer.close();
    },
  };
}

/** Actions that answer a request; a listener has exactly one of them, as its last. */
const ENDS: ReadonlySet<string> = new Set(['forward', 'redirect', 'fixed-response']);

function forwardWeights(actions: ListenerAction[]): Record<string, number> {
  const forward = actions.find(({ Type }) => Type === 'forward');
  const groups = forward?.ForwardConfig?.TargetGroups ?? [];
  if (groups.length === 0) return forward?.TargetGroupArn ? { [forward.TargetGroupArn]: 1 } : {};
  return Object.fromEntries(groups.map(({ TargetGroupArn = '', Weight = 1 }) => [TargetGroupArn, Weight]));
}

/** `app/chatbot-west/60dc…/a2f7…` of a listener, `chatbot-api-west` of a target group: what people recognise. */
function shortArn(arn: string): string {
  const [, kind = '', ...rest] = /:(listener|targetgroup)\/(.*)$/.exec(arn) ?? [];
  const parts = (rest[0] ?? arn).split('/');
  return (kind === 'listener' ? parts[1] : parts[0]) ?? arn;
}
