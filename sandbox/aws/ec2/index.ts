import { randomUUID } from 'node:crypto';
import { faultSince } from '../../monitoring/fault-history.ts';
import type { World } from '../../world/world.ts';
import { zonesOf } from '../../world/zones.ts';
import { authorize, readCredentialScope } from '../authorization.ts';
import type { Responder } from '../endpoint.ts';
import { AwsError } from '../errors.ts';
import { perform } from '../exchange.ts';
import type { RegionalService } from '../services.ts';
import { renderXml, type Xml } from '../xml.ts';
import { filtersOf, listOf, type Tree, treeOf } from './parameters.ts';

const NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/';
const VERSION = '2016-11-15';

interface Operation {
  name: string;
  answer(parameters: Tree, context: { world: World; region: string }): { readonly [name: string]: Xml };
}

/** It lists the regions that the account may use, and says nothing of their health. */
const describeRegions: Operation = {
  name: 'DescribeRegions',
  answer(parameters, { world }) {
    const names = listOf(parameters.RegionName);
    const known = Object.keys(world.state.elbv2);
    const unknown = names.find((name) => !known.includes(name));
    if (unknown !== undefined) throw new AwsError('InvalidParameterValue', `Invalid region: [${unknown}]`);
    const wanted = filtersOf(parameters, ['region-name', 'endpoint', 'opt-in-status']);
    const regions = (names.length > 0 ? names : known)
      .map((regionName) => {
        const regionEndpoint = `ec2.${regionName}.amazonaws.com`;
        return { optInStatus: 'opt-in-not-required', regionName, regionEndpoint };
      })
      .filter(({ regionName, regionEndpoint, optInStatus }) =>
        wanted({ 'region-name': regionName, endpoint: regionEndpoint, 'opt-in-status': optInStatus }),
      );
    return { regionInfo: { item: regions } };
  },
};

const describeAvailabilityZones: Operation = {
  name: 'DescribeAvailabilityZones',
  answer(parameters, { world, region }) {
    const wanted = filtersOf(parameters, ['zone-name', 'region-name', 'state']);
    const names = listOf(parameters.ZoneName);
    const zones = zonesOf(region);
    const unknown = names.find((name) => !zones.includes(name));
    if (unknown !== undefined) throw new AwsError('InvalidParameterValue', `Invalid availability zone: [${unknown}]`);
    const now = world.clock.now();
    const found = (names.length > 0 ? names : zones)
      .map((zoneName) => ({
        zoneName,
        zoneState: faultSince(world.state, 'zone-down', zoneName, now) === undefined ? 'available' : 'unavailable',
        regionName: region,
        zoneType: 'availability-zone',
        optInStatus: 'opt-in-not-required',
        messageSet: '',
      }))
      .filter(({ zoneName, zoneState }) => wanted({ 'zone-name': zoneName, 'region-name': region, state: zoneState }));
    return { availabilityZoneInfo: { item: found } };
  },
};

const operations = [describeAvailabilityZones, describeRegions];

/** EC2's own variant of the Query protocol: lists are numbered without a name, and errors have a root of their own. */
export const ec2: RegionalService = {
  name: 'ec2',
  signingName: 'ec2',
  operations,
  answer(world: World, region: string): Responder['answer'] {
    return async ({ method, url, headers, body }, exchange) => {
      const requestId = randomUUID();
      const parameters = new URLSearchParams(method === 'GET' ? url.search : body);
      const action = parameters.get('Action') ?? '';
      const operation = parameters.get('Version') === VERSION && operations.find(({ name }) => name === action);
      const outcome = await perform(world, exchange, {
        service: 'ec2',
        region,
        operation: action || '-',
        resource: '*',
        mutating: false,
        carryOut() {
          authorize(readCredentialScope(headers), { regions: [region], service: 'ec2' });
          if (!operation)
            throw new AwsError('InvalidAction', `The action ${action} is not valid for this web service.`);
          return operation.answer(treeOf(parameters), { world, region });
        },
      });
      if (outcome.kind === 'lost') return undefined;
      if (outcome.kind === 'done') {
        const content = { requestId, ...outcome.value };
        return { status: 200, requestId, body: renderXml(`${action}Response`, NAMESPACE, content) };
      }
      const { code, message, status } = outcome.error;
      const content = { Errors: { Error: { Code: code, Message: message } }, RequestID: requestId };
      return { status, requestId, body: renderXml('Response', NAMESPACE, content) };
    };
  },
};
