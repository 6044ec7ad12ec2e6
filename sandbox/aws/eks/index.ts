import { randomUUID } from 'node:crypto';
import type { World } from '../../world/world.ts';
import { accountOf } from '../arn.ts';
import { authorize, readCredentialScope } from '../authorization.ts';
import type { Responder } from '../endpoint.ts';
import { AwsError } from '../errors.ts';
import { perform } from '../exchange.ts';
import { clusterName } from '../logs/group.ts';
import type { RegionalService } from '../services.ts';

const VERSION = '1.33';

/** EKS's REST protocol: what is asked stands in the path, and errors in a header. */
export const eks: RegionalService = {
  name: 'eks',
  signingName: 'eks',
  operations: [{ name: 'DescribeCluster' }, { name: 'ListClusters' }],
  answer(world: World, region: string): Responder['answer'] {
    return async ({ method, url, headers }, exchange) => {
      const requestId = randomUUID();
      const name = /^\/clusters\/([^/]+)$/.exec(url.pathname)?.[1];
      const isList = url.pathname === '/clusters';
      const operation = isList ? 'ListClusters' : name === undefined ? `${method} ${url.pathname}` : 'DescribeCluster';
      const outcome = await perform<object>(world, exchange, {
        service: 'eks',
        region,
        operation,
        resource: name ?? '*',
        mutating: false,
        carryOut() {
          authorize(readCredentialScope(headers), { regions: [region], service: 'eks' });
          if (method !== 'GET' || (name === undefined && !isList)) {
            throw new AwsError('UnknownOperationException', 'The requested operation does not exist', 404);
          }
          if (isList) return { clusters: [clusterName(world.state, region)] };
          return { cluster: describe(world, region, decodeURIComponent(name ?? '')) };
        },
      });
      if (outcome.kind === 'lost') return undefined;
      const json = { 'content-type': 'application/json' };
      if (outcome.kind === 'done')
        return { status: 200, requestId, headers: json, body: JSON.stringify(outcome.value) };
      const { code, message, status } = outcome.error;
      return { status, requestId, headers: { ...json, 'x-amzn-errortype': code }, body: JSON.stringify({ message }) };
    };
  },
};

function describe({ state }: World, region: string, name: string): object {
  if (name !== clusterName(state, region) || !state.kubernetes[region]) {
    throw new AwsError('ResourceNotFoundException', `No cluster found for name: ${name}.`, 404);
  }
  return {
    name,
    arn: `arn:aws:eks:${region}:${accountOf(state)}:cluster/${name}`,
    createdAt: Math.floor(state.startedAt / 1000),
    version: VERSION,
    platformVersion: 'eks.12',
    status: 'ACTIVE',
    health: { issues: [] },
    tags: {},
  };
}
