import { fraction } from '../../world/random.ts';
import type { World } from '../../world/world.ts';
import type { Responder } from '../endpoint.ts';
import { AwsError } from '../errors.ts';
import { type JsonOperation, jsonService } from '../json/protocol.ts';
import {
  getRoutingControlState,
  listRoutingControls,
  updateRoutingControlState,
  updateRoutingControlStates,
} from './operations.ts';

export const ROUTING_CONTROL = 'route53-recovery-cluster';

/** Of so many calls to one endpoint, one finds it unavailable for a moment: that is why there are five. */
const UNAVAILABLE_SHARE = 0.1;

const operations = [getRoutingControlState, listRoutingControls, updateRoutingControlState, updateRoutingControlStates];

/** The data plane of Amazon Application Recovery Controller's routing controls, as each of its endpoints serves it. */
export const routingControlService = jsonService({
  name: ROUTING_CONTROL,
  signingName: ROUTING_CONTROL,
  version: '1.0',
  operations: operations.map(unavailableAtTimes),
});

/** The endpoint in one region: it fails with its region, the others go on. */
export function routingControlEndpoint(world: World, region: string): Responder {
  return {
    condition: () => world.conditionOf({ region, part: 'api', from: 'lifeboat' }),
    answer: routingControlService.answer(world, region),
  };
}

function unavailableAtTimes(operation: JsonOperation): JsonOperation {
  return {
    ...operation,
    read(raw) {
      const read = operation.read(raw);
      if (!('answer' in read)) return read;
      return {
        resource: read.resource,
        answer(context) {
          const { world, region } = context;
          const key = `${ROUTING_CONTROL} ${region}`;
          const ordinal = world.state.ordinals[key] ?? 0;
          world.state.ordinals[key] = ordinal + 1;
          if (fraction(world.state.seed, key, ordinal) < UNAVAILABLE_SHARE) {
            const sentence = 'The cluster endpoint is temporarily unavailable; use another one';
            throw new AwsError('EndpointTemporarilyUnavailableException', sentence, 503);
          }
          return read.answer(context);
        },
      };
    },
  };
}
