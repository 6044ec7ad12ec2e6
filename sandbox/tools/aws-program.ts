import { dirname } from 'node:path';
import { quoteValue } from './quote.ts';

/** Machine seconds after which the AWS CLI gives up a try at a region that hangs; its own limit is 60. */
const PATIENCE = { connect: 5, read: 10 };

/**
 * A program `aws` that runs the next one in PATH with the sandbox's endpoint. The variable AWS_ENDPOINT_URL is not enough:
 * the AWS CLI before 2.13 and 1.29 does not know it (Debian 12 has 2.9), and 1.x ignores it for RDS in us-east-1. A
 * program and not a function of the shell, so that `watch` and scripts find it too.
 */
export function awsProgram(file: string, endpoint: string): string {
  return `#!/bin/sh
# The AWS CLI, pointed at the simulated account.
set -f
IFS=:
for folder in $PATH; do
  if [ "$folder" != ${quoteValue(dirname(file))} ] && [ -x "$folder/aws" ]; then
    exec "$folder/aws" --endpoint-url ${quoteValue(endpoint)} \\
      --cli-connect-timeout ${PATIENCE.connect} --cli-read-timeout ${PATIENCE.read} "$@"
  fi
done
echo 'aws: the AWS CLI is not installed.' >&2
exit 127
`;
}
