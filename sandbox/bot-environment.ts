import type { System } from '../src/domain/system.ts';
import { type AwsEndpoints, SANDBOX_CREDENTIALS } from './aws/index.ts';
import type { DnsServers } from './dns/index.ts';
import type { Edge } from './edge/index.ts';
import { testUserPassword } from './edge/sign-in.ts';
import type { PagerDuty } from './pagerduty/server.ts';
import type { Passwords } from './postgres/roles.ts';
import type { Slack } from './slack/server.ts';

/** Where the simulated bot lives: in no region that any shipped system uses. */
const HOME_REGION = 'eu-central-1';

/** What the bot is told of the world that it runs in. */
export interface BotSurroundings {
  system: System;
  runbooksDirectory: string;
  /** Where the bot keeps its own state. */
  stateDirectory: string;
  /** File with a context for each region's cluster. */
  kubeconfig: string;
  /** File with the certificate (PEM) that every https server of the world is signed by. */
  certificate: string;
  passwords: Pick<Passwords, 'lifeboat'>;
  /** PagerDuty routing keys by the name of their environment variable. */
  routingKeys: Record<string, string>;
  slack: Pick<Slack, 'apiUrl' | 'botToken' | 'appToken'>;
  aws: Pick<AwsEndpoints, 'regions' | 'route53' | 'routingControls'>;
  dns: Pick<DnsServers, 'authoritative' | 'resolvers'>;
  edge: Pick<Edge, 'proxyUrl'>;
  pagerDuty: Pick<PagerDuty, 'host'>;
}

/**
 * The environment of the bot, without its clock: nothing else leads it into the simulated world. It listens on a port of
 * its choice, and says which.
 */
export function botEnvironment(surroundings: BotSurroundings): Record<string, string> {
  const { system, slack, aws, dns, edge, pagerDuty } = surroundings;
  return {
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    AWS_ENDPOINTS: JSON.stringify({ ...aws.regions, ...aws.routingControls, route53: aws.route53 }),
    AWS_ACCESS_KEY_ID: SANDBOX_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: SANDBOX_CREDENTIALS.secretAccessKey,
    KUBECONFIG: surroundings.kubeconfig,
    DNS_SERVERS: dns.authoritative,
    DNS_RESOLVERS: dns.resolvers.map(({ name, address }) => `${name}=${address}`).join(','),
    HTTPS_PROXY: edge.proxyUrl,
    NODE_EXTRA_CA_CERTS: surroundings.certificate,
    PAGERDUTY_EVENTS_HOST: pagerDuty.host,
    ...surroundings.routingKeys,
    [system.database.password]: surroundings.passwords.lifeboat,
    ...(system.journey && { [system.journey.password]: testUserPassword(system.journey.user) }),
    DATABASE_TLS: 'disable',
    LIFEBOAT_STATE_DIR: surroundings.stateDirectory,
    HOME_REGION,
    RUNBOOKS_DIR: surroundings.runbooksDirectory,
    PORT: '0',
  };
}
