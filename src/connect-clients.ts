import { type Clients, createClients } from './adapters/index.ts';
import type { Config } from './config.ts';
import type { Access } from './domain/system.ts';

/** Clients that wait as long as the bot's (machine milliseconds). `access` says who may command. */
export function connectClients(config: Config, access: Access, observationTimeoutMs: () => number): Clients {
  return createClients({
    awsEndpoints: config.aws.endpoints,
    kubeconfig: config.kubernetes.kubeconfig,
    dnsServers: config.dns.servers,
    dnsResolvers: config.dns.resolvers,
    httpsProxy: config.httpsProxy,
    databaseTls: config.databaseTls,
    channels: { slack: config.slack, pagerDutyHost: config.pagerDuty.eventsHost },
    commanders: (systemName) => access[systemName]?.command ?? [],
    secret: (name) => config.secret(name),
    observationTimeoutMs,
  });
}
