import { AwsError } from '../errors.ts';
import { canonicalName, readMaxItems } from './names.ts';
import { findZone, type RestOperation } from './operation.ts';
import { compareRecords, listedRecords, renderRecord } from './record.ts';

const MOST = 300;

export const listResourceRecordSets: RestOperation = {
  name: 'ListResourceRecordSets',
  method: 'GET',
  path: /^\/hostedzone\/([^/]+)\/rrset\/?$/,
  mutating: false,
  answer({ id, query }, world) {
    const zone = findZone(world.state, id);
    const most = readMaxItems(query.get('maxitems') ?? undefined, MOST);
    const [name, type, identifier] = [query.get('name'), query.get('type'), query.get('identifier')];
    if (type !== null && name === null) {
      throw new AwsError(
        'InvalidInput',
        'The request contains a StartRecordType parameter but no StartRecordName parameter',
      );
    }
    if (identifier !== null && type === null) {
      throw new AwsError(
        'InvalidInput',
        'The request contains a StartRecordIdentifier parameter but no StartRecordType parameter',
      );
    }
    const start =
      name === null ? undefined : { name: canonicalName(name), type: type ?? '', setIdentifier: identifier ?? '' };
    const rest = listedRecords(zone.records).filter((record) => !start || compareRecords(record, start) >= 0);
    const next = rest[most];
    return {
      ResourceRecordSets: { ResourceRecordSet: rest.slice(0, most).map(renderRecord) },
      IsTruncated: next !== undefined,
      NextRecordName: next?.name,
      NextRecordType: next?.type,
      NextRecordIdentifier: next?.setIdentifier,
      MaxItems: most,
    };
  },
};
