import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import type { ObserveContext } from '../../domain/action.ts';
import { InvalidInput } from '../../domain/errors.ts';

const FILE = 'scaling-profiles.yaml';
const Profiles = z.record(z.string(), z.record(z.string(), z.int().min(0)));

/**
 * Replicas by deployment of one profile in `config/scaling-profiles.yaml`. Throws InvalidInput that names the file when
 * it cannot be read or has no such profile.
 */
export function readProfile(context: Pick<ObserveContext, 'readConfig'>, profile: string): Record<string, number> {
  let content: unknown;
  try {
    content = parse(context.readConfig(FILE));
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw new InvalidInput('kubernetes.profiles', `config/${FILE}: ${error.message}`, { cause: error });
  }
  const profiles = Profiles.safeParse(content);
  if (!profiles.success) {
    throw new InvalidInput('kubernetes.profiles', `config/${FILE}: ${z.prettifyError(profiles.error)}`);
  }
  const found = profiles.data[profile];
  if (found) return found;
  const names = Object.keys(profiles.data).join(', ');
  throw new InvalidInput('kubernetes.profiles', `config/${FILE} has no profile ${profile}; it has ${names || 'none'}.`);
}
