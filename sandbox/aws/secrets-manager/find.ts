import type { WorldState } from '../../world/state.ts';
import { AwsError } from '../errors.ts';
import { lookUp } from '../look-up.ts';
import type { StoredSecret } from './state.ts';

/** The secret of a region with this name or ARN. Throws ResourceNotFoundException. */
export function findSecret(state: WorldState, region: string, nameOrArn: string): StoredSecret {
  const secrets = state.secrets?.[region];
  const isArn = nameOrArn.startsWith('arn:');
  const found = isArn
    ? Object.values(secrets ?? {}).find(({ arn }) => arn === nameOrArn || arn.replace(/-\w{6}$/, '') === nameOrArn)
    : lookUp(secrets, nameOrArn);
  if (!found) throw notFound("Secrets Manager can't find the specified secret.");
  return found;
}

export function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message);
}
