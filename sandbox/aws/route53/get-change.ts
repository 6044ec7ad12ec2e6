import { AwsError } from '../errors.ts';
import { lookUp } from '../look-up.ts';
import { bareId } from './names.ts';
import { type RestOperation, renderChange } from './operation.ts';

export const getChange: RestOperation = {
  name: 'GetChange',
  method: 'GET',
  path: /^\/change\/([^/]+)$/,
  mutating: false,
  answer({ id }, world) {
    const change = lookUp(world.state.route53.changes, bareId(id));
    if (!change) throw new AwsError('NoSuchChange', `Could not find resource with ID: ${bareId(id)}`, 404);
    return { ChangeInfo: renderChange(change, world.clock.now()) };
  },
};
