import { AwsError } from '../errors.ts';
import type { Xml } from '../xml.ts';
import { canonicalName, orderKey, readMaxItems } from './names.ts';
import { findZone, type RestOperation, type Zone } from './operation.ts';
import { listedRecords } from './record.ts';

const MOST = 100;

export const getHostedZone: RestOperation = {
  name: 'GetHostedZone',
  method: 'GET',
  path: /^\/hostedzone\/([^/]+)$/,
  mutating: false,
  answer({ id }, world) {
    const zone = findZone(world.state, id);
    const servers = zone.records.find(({ name, type }) => name === zone.name && type === 'NS')?.values ?? [];
    const names = servers.map((server) => server.replace(/\.$/, ''));
    return { HostedZone: renderZone(zone), DelegationSet: { NameServers: { NameServer: names } } };
  },
};

export const listHostedZones: RestOperation = {
  name: 'ListHostedZones',
  method: 'GET',
  path: /^\/hostedzone$/,
  mutating: false,
  answer({ query }, world) {
    const most = readMaxItems(query.get('maxitems') ?? undefined, MOST);
    const all = Object.values(world.state.route53.zones).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const marker = query.get('marker');
    const start = marker ? all.findIndex(({ id }) => id === marker) : 0;
    if (start < 0) throw new AwsError('InvalidInput', `The marker '${marker}' is not valid`);
    const next = all[start + most];
    return {
      HostedZones: { HostedZone: all.slice(start, start + most).map(renderZone) },
      Marker: marker ?? undefined,
      IsTruncated: next !== undefined,
      NextMarker: next?.id,
      MaxItems: most,
    };
  },
};

export const listHostedZonesByName: RestOperation = {
  name: 'ListHostedZonesByName',
  method: 'GET',
  path: /^\/hostedzonesbyname$/,
  mutating: false,
  answer({ query }, world) {
    const most = readMaxItems(query.get('maxitems') ?? undefined, MOST);
    const [startName, startId] = [query.get('dnsname') ?? undefined, query.get('hostedzoneid') ?? undefined];
    if (startId !== undefined && startName === undefined) {
      throw new AwsError('InvalidInput', 'The request contains a HostedZoneId parameter but no DNSName parameter');
    }
    const key = (zone: Pick<Zone, 'name' | 'id'>) => `${orderKey(zone.name)} ${zone.id}`;
    const start = startName === undefined ? '' : key({ name: startName, id: startId ?? '' });
    const all = Object.values(world.state.route53.zones)
      .filter((zone) => key(zone) >= start)
      .toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
    const next = all[most];
    return {
      HostedZones: { HostedZone: all.slice(0, most).map(renderZone) },
      DNSName: startName === undefined ? undefined : canonicalName(startName),
      HostedZoneId: startId,
      IsTruncated: next !== undefined,
      NextDNSName: next?.name,
      NextHostedZoneId: next?.id,
      MaxItems: most,
    };
  },
};

function renderZone(zone: Zone): Xml {
  return {
    Id: `/hostedzone/${zone.id}`,
    Name: zone.name,
    CallerReference: `lifeboat-${zone.id}`,
    Config: { PrivateZone: false },
    ResourceRecordSetCount: listedRecords(zone.records).length,
  };
}
