import {
  type Action as DefaultAction,
  DescribeListenersCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  type TargetHealth,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { Permanent } from '../../domain/errors.ts';
import { type AwsConnection, perRegion, readSettings, writeSettings } from './client-settings.ts';
import { translateAwsError } from './errors.ts';
import { asRequested, weightsOf } from './listener-actions.ts';

export type { DefaultAction };

export interface LoadBalancing {
  /** Forward weights of the listener's default action, by target group ARN. */
  weights(region: string, listener: string, signal: AbortSignal): Promise<Record<string, number>>;
  /** The listener's default actions as the service shows them, which is without any secret. */
  defaultActions(region: string, listener: string, signal: AbortSignal): Promise<DefaultAction[]>;
  /** Replaces them all. A sign-in keeps the client secret that the listener has. */
  setDefaultActions(
    region: string,
    listener: string,
    actions: readonly DefaultAction[],
    signal: AbortSignal,
  ): Promise<void>;
  /** How many targets of a group pass their health check (or have none to pass), and how many there are. */
  health(region: string, targetGroup: string, signal: AbortSignal): Promise<{ healthy: number; total: number }>;
  close(): void;
}

export function createLoadBalancing(connection: AwsConnection = {}): LoadBalancing {
  const reader = perRegion((region) => new ElasticLoadBalancingV2Client(readSettings(connection, region)));
  const writer = perRegion((region) => new ElasticLoadBalancingV2Client(writeSettings(connection, region)));
  const translate = (error: unknown, region: string, subject: string) =>
    translateAwsError(error, 'elbv2', `Load balancing in ${region}, ${subject}`);

  const defaultActions: LoadBalancing['defaultActions'] = async (region, listener, signal) => {
    try {
      const command = new DescribeListenersCommand({ ListenerArns: [listener] });
      const { Listeners } = await reader.of(region).send(command, { abortSignal: signal });
      const actions = Listeners?.[0]?.DefaultActions;
      if (!actions) throw new Permanent('elbv2.listener-not-found', `There is no listener ${listener}.`);
      return actions;
    } catch (error) {
      throw translate(error, region, `listener ${shortArn(listener)}`);
    }
  };

  return {
    defaultActions,
    weights: async (region, listener, signal) => weightsOf(await defaultActions(region, listener, signal)),
    async setDefaultActions(region, listener, actions, signal) {
      try {
        const command = new ModifyListenerCommand({ ListenerArn: listener, DefaultActions: asRequested(actions) });
        await writer.of(region).send(command, { abortSignal: signal });
      } catch (error) {
        throw translate(error, region, `listener ${shortArn(listener)}`);
      }
    },
    async health(region, targetGroup, signal) {
      try {
        const command = new DescribeTargetHealthCommand({ TargetGroupArn: targetGroup });
        const { TargetHealthDescriptions = [] } = await reader.of(region).send(command, { abortSignal: signal });
        const healthy = TargetHealthDescriptions.filter(({ TargetHealth }) => serves(TargetHealth)).length;
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

/** Lambda functions are not checked unless somebody asks for it, and are sent requests all the same. */
function serves({ State, Reason }: TargetHealth = {}): boolean {
  return State === 'healthy' || (State === 'unavailable' && Reason === 'Target.HealthCheckDisabled');
}

/** `app/chatbot-west/60dc…/a2f7…` of a listener, `chatbot-api-west` of a target group: what people recognise. */
function shortArn(arn: string): string {
  const [, kind = '', ...rest] = /:(listener|targetgroup)\/(.*)$/.exec(arn) ?? [];
  const parts = (rest[0] ?? arn).split('/');
  return (kind === 'listener' ? parts[1] : parts[0]) ?? arn;
}
