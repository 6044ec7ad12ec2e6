import { dirname, join } from 'node:path';
import type { ToolEndpoints } from './endpoints.ts';
import { FILES, PROFILE } from './files.ts';
import { quoteValue } from './quote.ts';

/** What would win over the files, or lead the tools out of the sandbox. */
const NOT_OURS = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_DEFAULT_PROFILE',
  'PGPASSWORD',
];

/** Names of the variables that stand for long identifiers in the commands: `LISTENER_US_EAST_1`. */
export const variableOf = {
  hostedZone: 'HOSTED_ZONE_ID',
  listener: (region: string) => `LISTENER_${upper(region)}`,
  targetGroup: (region: string) => `TARGET_GROUP_${upper(region)}`,
  curl: 'LIFEBOAT_CURL',
  testUser: 'TEST_USER',
} as const;

/** A file for `source` (sh, bash, zsh): after it, kubectl, aws, psql and `curl -K` speak to the sandbox. */
export function environmentFile({ directory, system, kubeconfig, awsEndpoint }: ToolEndpoints): string {
  const file = (name: keyof typeof FILES) => join(directory, FILES[name]);
  const variables: Record<string, string> = {
    KUBECONFIG: kubeconfig,
    AWS_CONFIG_FILE: file('awsConfig'),
    AWS_SHARED_CREDENTIALS_FILE: file('awsCredentials'),
    AWS_PROFILE: PROFILE,
    AWS_ENDPOINT_URL: awsEndpoint,
    PGSERVICEFILE: file('services'),
    PGPASSFILE: file('passwords'),
    [variableOf.curl]: file('curl'),
    [variableOf.testUser]: file('testUser'),
    [variableOf.hostedZone]: system.dns.hostedZone,
  };
  for (const [region, { listener, active }] of Object.entries(system.loadBalancers)) {
    variables[variableOf.listener(region)] = listener;
    variables[variableOf.targetGroup(region)] = active;
  }
  return [
    '# Points kubectl, aws, psql and curl -K in this shell at the simulated world. Close the shell to leave it.',
    '',
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${quoteValue(value)}`),
    `unset ${NOT_OURS.join(' ')}`,
    '',
    '# A proxy of yours must not see what is for this machine.',
    ...['NO_PROXY', 'no_proxy'].map((name) => `export ${name}="127.0.0.1$\{${name}:+,$${name}}"`),
    '',
    '# The aws in there is the one that is installed, with the endpoint.',
    'unalias aws 2>/dev/null || true',
    `lifeboat_programs=${quoteValue(dirname(file('aws')))}`,
    'case ":$PATH:" in *":$lifeboat_programs:"*) ;; *) export PATH="$lifeboat_programs:$PATH" ;; esac',
    'unset lifeboat_programs',
    '',
  ].join('\n');
}

function upper(region: string): string {
  return region.toUpperCase().replace(/\W/g, '_');
}
