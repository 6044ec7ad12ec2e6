import { AwsError } from '../../errors.ts';

/** Lower case, as RDS keeps it; throws InvalidParameterValue for what is no identifier. */
export function newIdentifier(parameter: string, text: string, longest = 63): string {
  const isValid = /^[a-z](-?[a-z0-9])*$/i.test(text) && text.length <= longest;
  if (isValid) return text.toLowerCase();
  throw new AwsError(
    'InvalidParameterValue',
    `The parameter ${parameter} is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.`,
  );
}
