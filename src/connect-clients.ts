import { observationTimeout } from './adapters/deadline.ts';
import { type Clients, createClients } from './adapters/index.ts';
import type { Config } from './config.ts';
import type { Clock } from './domain/clock.ts';
import type { Access } from './domain/system.ts';

/** Clients that wait as `clock` says. `access` says who may command. */
export function connectClients(config: Config, access: Access, clock: Clock): Clients {
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
    observationTimeoutMs: () => observationTimeout(clock),
    patience: clock.patience,
  });
}
