import { createHash } from 'node:crypto';
import type { System } from '../../../src/domain/system.ts';
import type { WorldState } from '../../world/state.ts';
import { accountOf } from '../arn.ts';
import type { SecretsState, StoredSecret } from './state.ts';
import { addVersion } from './versions.ts';

/**
 * The secret of each region that system.yaml names (`database.secret`): the connection that the services have there, as
 * RDS writes it. Empty where it names none.
 */
export function createSecrets(system: System, state: WorldState): SecretsState {
  const { secret: name, name: dbname } = system.database;
  if (name === undefined) return {};
  const { secret: connection } = system.kubernetes;
  const now = state.startedAt;
  return Object.fromEntries(
    Object.entries(state.kubernetes).map(([region, { secrets }]) => {
      const {
        [connection.hostKey]: host = '',
        [connection.portKey]: port = '',
        ...others
      } = secrets[connection.name]?.data ?? {};
      const { username = '', password = '' } = others;
      const text = JSON.stringify({ host, port: Number(port), username, password, dbname, engine: 'postgres' });
      const secret = newSecret(state, region, name, { now, description: 'Connection to the database' });
      addVersion(secret, digest(region, name), { text }, { now, stages: [] });
      return [region, { [name]: secret }];
    }),
  );
}

/** A secret without a version. Its ARN ends with six letters that differ when the name is used again. */
export function newSecret(
  state: WorldState,
  region: string,
  name: string,
  { now, description }: { now: number; description?: string | undefined },
): StoredSecret {
  const suffix = digest(region, name, now).slice(0, 6);
  const arn = `arn:aws:secretsmanager:${region}:${accountOf(state)}:secret:${name}-${suffix}`;
  return { arn, name, ...(description !== undefined && { description }), createdAt: now, changedAt: now, versions: {} };
}

function digest(...parts: (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
