import { join } from 'node:path';
import type { ToolEndpoints } from './endpoints.ts';
import { FILES, PROFILE } from './files.ts';
import { quoteValue } from './quote.ts';

/** Machine seconds after which the AWS CLI gives up a try at a region that hangs; its own limit is 60. */
const AWS_PATIENCE = { connect: 5, read: 10 };
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
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
    'case ",${NO_PROXY:-}," in *,127.0.0.1,*) ;; *) export NO_PROXY="127.0.0.1${NO_PROXY:+,$NO_PROXY}" ;; esac',
    'export no_proxy="$NO_PROXY"',
    '',
    '# The option and not only the variable: the AWS CLI before 2.13 and 1.29 does not know the variable, and 1.x',
    '# ignores it for RDS in us-east-1.',
    'unalias aws 2>/dev/null || true',
    'aws() {',
    `  command aws --endpoint-url "$AWS_ENDPOINT_URL" --cli-connect-timeout ${AWS_PATIENCE.connect} \\`,
    `    --cli-read-timeout ${AWS_PATIENCE.read} "$@"`,
    '}',
    '',
  ].join('\n');
}

function upper(region: string): string {
  return region.toUpperCase().replace(/\W/g, '_');
}
