import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SANDBOX_CREDENTIALS } from '../aws/credentials.ts';
import { testUserPassword } from '../edge/sign-in.ts';
import { awsProgram } from './aws-program.ts';
import type { ToolEndpoints } from './endpoints.ts';
import { environmentFile } from './environment.ts';
import { FILES, PROFILE } from './files.ts';

/** Machine seconds after which psql and curl give up on a region that hangs. */
const PATIENCE = { connect: 5, whole: 10 };

/**
 * Writes the files that the tools read. Only their owner may: what is secret is in a file and never in a command.
 * Whoever sources `env.sh` has all of it in that shell.
 */
export async function writeSettings(endpoints: ToolEndpoints): Promise<void> {
  const program = join(endpoints.directory, FILES.aws);
  await mkdir(dirname(program), { recursive: true, mode: 0o700 });
  const contents: Record<keyof typeof FILES, string> = {
    environment: environmentFile(endpoints),
    awsConfig: awsConfig(endpoints),
    awsCredentials: awsCredentials(),
    services: serviceFile(endpoints),
    passwords: passwordFile(endpoints),
    curl: curlConfig(endpoints),
    testUser: testUser(endpoints),
    aws: awsProgram(program, endpoints.awsEndpoint),
  };
  for (const [name, content] of Object.entries(contents) as [keyof typeof FILES, string][]) {
    const file = join(endpoints.directory, FILES[name]);
    const mode = name === 'aws' ? 0o700 : 0o600;
    await writeFile(file, content, { mode });
    // The mode above is for a file that was not there yet.
    await chmod(file, mode);
  }
}

/** `endpoint_url` is understood by AWS CLI 2.13 and 1.29 and later; older ones need the program in `bin`. */
function awsConfig({ system, awsEndpoint }: ToolEndpoints): string {
  return [
    `[profile ${PROFILE}]`,
    `region = ${system.regions.primary}`,
    `endpoint_url = ${awsEndpoint}`,
    'output = json',
    'cli_pager =',
    // A region that hangs is given up after two tries, not five.
    'retry_mode = standard',
    'max_attempts = 2',
    '',
  ].join('\n');
}

function awsCredentials(): string {
  const { accessKeyId, secretAccessKey } = SANDBOX_CREDENTIALS;
  return `[${PROFILE}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
}

/** A section for each instance, with the name that RDS gives it; Lifeboat's user unless the command says another. */
function serviceFile({ system, databases }: ToolEndpoints): string {
  const { name, user } = system.database;
  return databases
    .map(({ identifier, address, port }) =>
      [
        `[${identifier}]`,
        `host=${address}`,
        'hostaddr=127.0.0.1',
        `port=${port}`,
        `dbname=${name}`,
        `user=${user}`,
        'sslmode=disable',
        'gssencmode=disable',
        `connect_timeout=${PATIENCE.connect}`,
        '',
      ].join('\n'),
    )
    .join('\n');
}

/** One line for each instance and user, in any database: `host:port:database:user:password`. */
function passwordFile({ system, databases, passwords }: ToolEndpoints): string {
  const { user, applicationUsers } = system.database;
  const users = new Map(applicationUsers.map((name) => [name, passwords.application]));
  users.set(user, passwords.lifeboat);
  const field = (text: string) => text.replace(/[\\:]/g, '\\$&');
  return databases
    .flatMap(({ address, port }) =>
      [...users].map(([name, password]) => `${field(address)}:${port}:*:${field(name)}:${field(password)}\n`),
    )
    .join('');
}

/** What the product's test user signs in with: `curl -d @…`. */
function testUser({ system: { journey } }: ToolEndpoints): string {
  return `${JSON.stringify(journey ? { email: journey.user, password: testUserPassword(journey.user) } : {})}\n`;
}

/** For `curl -K`. How it ended goes to standard error, so that the answer can still be piped on. */
function curlConfig({ certificate, proxyUrl }: ToolEndpoints): string {
  const text = (value: string) => `"${value.replace(/[\\"]/g, '\\$&')}"`;
  return [
    `proxy = ${text(proxyUrl)}`,
    'noproxy = ""',
    `cacert = ${text(certificate)}`,
    `connect-timeout = ${PATIENCE.connect}`,
    `max-time = ${PATIENCE.whole}`,
    'silent',
    'show-error',
    'write-out = "%{stderr}HTTP %{http_code} after %{time_total} s\\n"',
    '',
  ].join('\n');
}
