import type { Clock } from '../domain/clock.ts';
import { type Aws, createAws } from './aws/index.ts';
import { type ChannelSettings, type Channels, createChannels } from './channels/index.ts';
import { createDns, type Dns } from './dns/index.ts';
import { createHttp, type Http } from './http/index.ts';
import { createKubernetes, type Kubernetes } from './kubernetes/index.ts';
import { createPostgres, type Postgres } from './postgres/index.ts';
import type { TlsMode } from './postgres/tls.ts';

/** What clients need to know; filled from the environment by config.ts. */
export interface ClientSettings {
  /** Endpoint of each region and of `route53`; without it AWS's own. */
  awsEndpoints?: Record<string, string> | undefined;
  /** Path; without it the usual places. */
  kubeconfig?: string | undefined;
  /** `host:port` of servers that database and endpoint names are resolved with; without it the machine's. */
  dnsServers?: string[] | undefined;
  /** Addresses that replace those of system.yaml's resolvers, by name. */
  dnsResolvers?: Record<string, string> | undefined;
  httpsProxy?: string | undefined;
  /** `verify-full` when absent. */
  databaseTls?: TlsMode | undefined;
  /** What people are led and called through. */
  channels?: ChannelSettings | undefined;
  /** Slack user ids of those who may command a system, as access.yaml lists them; without it nobody. */
  commanders?: ((systemName: string) => readonly string[]) | undefined;
  /** The value of a secret that system.yaml names; throws InvalidInput when it is not set. */
  secret(name: string): string;
  /** Machine milliseconds after which something that is only looked at counts as unreachable, asked at each look. */
  observationTimeoutMs: () => number;
  /** Machine milliseconds of a pause of this many world milliseconds; without it as many. */
  patience?: Clock['patience'] | undefined;
}

/** Everything that actions and observer reach the world with. */
export interface Clients {
  aws: Aws;
  kubernetes: Kubernetes;
  postgres: Postgres;
  dns: Dns;
  http: Http;
  channels: Channels;
  commanders(systemName: string): readonly string[];
  secret(name: string): string;
  /** Closes what is kept open. */
  close(): Promise<void>;
}

export function createClients(settings: ClientSettings): Clients {
  const { observationTimeoutMs, dnsServers, dnsResolvers, httpsProxy } = settings;
  const aws = createAws({ endpoints: settings.awsEndpoints, patience: settings.patience });
  const kubernetes = createKubernetes(settings.kubeconfig);
  const dns = createDns({
    ...(dnsServers ? { servers: dnsServers } : {}),
    resolvers: dnsResolvers ?? {},
    timeoutMs: observationTimeoutMs,
  });
  return {
    aws,
    kubernetes,
    dns,
    postgres: createPostgres({
      dns,
      tls: settings.databaseTls ?? 'verify-full',
      connectTimeoutMs: observationTimeoutMs,
      statementTimeoutMs: () => 2 * observationTimeoutMs(),
    }),
    http: createHttp({
      timeoutMs: observationTimeoutMs,
      ...(httpsProxy ? { proxy: httpsProxy } : dnsServers ? { dns } : {}),
    }),
    channels: createChannels(settings.channels),
    commanders: (systemName) => settings.commanders?.(systemName) ?? [],
    secret: (name) => settings.secret(name),
    async close() {
      aws.close();
      await kubernetes.close();
    },
  };
}
