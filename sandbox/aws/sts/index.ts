import { z } from 'zod';
import { accountOf } from '../arn.ts';
import { AwsError } from '../errors.ts';
import { defineOperation, type QueryService } from '../query/operation.ts';

const getCallerIdentity = defineOperation({
  name: 'GetCallerIdentity',
  mutating: false,
  input: z.object({}),
  resource: () => '*',
  answer(_input, { world }) {
    const account = accountOf(world.state);
    return { Arn: `arn:aws:iam::${account}:user/lifeboat`, UserId: 'AIDALIFEBOATSANDBOX0', Account: account };
  },
});

export const sts: QueryService = {
  name: 'sts',
  signingName: 'sts',
  version: '2011-06-15',
  namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  operations: [getCallerIdentity],
  invalidParameter: (path, _missing, complaint) => new AwsError('ValidationError', `${path}: ${complaint}`),
};
