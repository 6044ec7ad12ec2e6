import type { Databases } from '../../postgres/databases.ts';

/** What RDS does with the servers behind its instances. */
export type Servers = Pick<
  Databases,
  'crash' | 'stop' | 'start' | 'promote' | 'follow' | 'rebuild' | 'seal' | 'hasReceivedAll' | 'takeOver' | 'pointAlias'
>;

/** For a world without servers: everything is done at once. */
export const NO_DATABASE_SERVERS: Servers = {
  crash: async () => undefined,
  stop: async () => undefined,
  start: async () => undefined,
  seal: async () => undefined,
  hasReceivedAll: async () => true,
  takeOver: async () => undefined,
  promote: async () => undefined,
  follow: async () => undefined,
  rebuild: async () => undefined,
  pointAlias: async () => ({ port: 5432 }),
};
