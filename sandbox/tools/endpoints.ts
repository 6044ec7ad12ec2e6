import type { System } from '../../src/domain/system.ts';
import type { RdsInstance } from '../aws/rds/state.ts';
import type { Passwords } from '../postgres/roles.ts';

/** What people's own tools need to know of a running sandbox. */
export interface ToolEndpoints {
  /** Folder that the files are written to; made when it is not there. */
  directory: string;
  system: System;
  /** File with a context for each region's cluster. */
  kubeconfig: string;
  /** File with the certificate (PEM) that the product's https servers are signed by. */
  certificate: string;
  /** The one URL at which all regions and services of the simulated AWS account answer. */
  awsEndpoint: string;
  /** The database instances; each listens on its port of 127.0.0.1. */
  databases: readonly Pick<RdsInstance, 'identifier' | 'address' | 'port'>[];
  passwords: Pick<Passwords, 'lifeboat' | 'application'>;
  dns: {
    /** ip:port of the name servers, and of each public resolver. */
    authoritative: string;
    resolvers: readonly { name: string; address: string }[];
  };
  /** The forward proxy through which the product's https hosts are reached. */
  proxyUrl: string;
}
