/** What is written for people's tools, by what it holds. */
export const FILES = {
  environment: 'env.sh',
  awsConfig: 'aws-config',
  awsCredentials: 'aws-credentials',
  services: 'pg_service.conf',
  passwords: 'pgpass',
  curl: 'curl.conf',
  testUser: 'test-user.json',
  aws: 'bin/aws',
} as const;

/** Name of the AWS profile, as people see it. */
export const PROFILE = 'lifeboat';
