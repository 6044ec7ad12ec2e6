import {
  type Change,
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  ListHostedZonesByNameCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsCommandOutput,
} from '@aws-sdk/client-route-53';
import { afterEach, describe, expect, it } from '@jest/globals';
import { effectiveRecord } from '../../../sandbox/aws/index.ts';
import { standingStill } from '../../support/standing-still.ts';
import { chatbot, EAST, refusal, type Sandbox, startSandbox, until, WEST } from './sandbox.ts';

const ZONE = chatbot.dns.hostedZone;
const EAST_HOST = chatbot.loadBalancers[EAST]?.host ?? '';
const WEST_HOST = chatbot.loadBalancers[WEST]?.host ?? '';

let sandbox: Sandbox;
afterEach(() => sandbox.close());

const change = (Action: Change['Action'], Name: string, Type: string, values: string[], TTL = 60): Change => ({
  Action,
  ResourceRecordSet: {
    Name,
    Type: Type as 'A',
    TTL,
    ResourceRecords: values.map((Value) => ({ Value })),
  },
});

function send(...Changes: Change[]) {
  const command = new ChangeResourceRecordSetsCommand({
    HostedZoneId: ZONE,
    ChangeBatch: { Comment: 'by a test', Changes },
  });
  return sandbox.route53().send(command);
}

async function listed() {
  const answer = await sandbox.route53().send(new ListResourceRecordSetsCommand({ HostedZoneId: ZONE }));
  return answer.ResourceRecordSets?.map(({ Name, Type, ResourceRecords }) => [
    Name,
    Type,
    ...(ResourceRecords?.map(({ Value }) => Value) ?? []),
  ]);
}

/** What name servers answer now. */
function answered(name: string, type = 'CNAME'): string[] | undefined {
  const record = sandbox.world.state.route53.zones[ZONE]?.records.find((one) => one.name === name && one.type === type);
  return record && effectiveRecord(record, sandbox.world.clock.now())?.values;
}

const insync = (id: string | undefined) =>
  until(async () => {
    const { ChangeInfo } = await sandbox.route53().send(new GetChangeCommand({ Id: id }));
    return ChangeInfo?.Status === 'INSYNC' ? true : undefined;
  });

describe('zones and records', () => {
  it('are listed: the record of users, one for each region, and the zone’s own', async () => {
    sandbox = await startSandbox();

    const records = await listed();

    expect(records).toEqual([
      ['chatbot.com.', 'NS', ...Array(4).fill(expect.stringContaining('awsdns'))],
      ['chatbot.com.', 'SOA', expect.stringContaining('awsdns-hostmaster')],
      ['api.chatbot.com.', 'CNAME', EAST_HOST],
      ['api.chatbot.com.', 'CNAME', WEST_HOST],
      ['us-east-1.api.chatbot.com.', 'CNAME', EAST_HOST],
      ['us-west-2.api.chatbot.com.', 'CNAME', WEST_HOST],
    ]);
  });

  it('come in pages, and from a name and type on', async () => {
    sandbox = await startSandbox();

    const client = sandbox.route53();
    const pages: (string | undefined)[][] = [];
    let page: ListResourceRecordSetsCommandOutput | undefined;
    do {
      page = await client.send(
        new ListResourceRecordSetsCommand({
          HostedZoneId: ZONE,
          MaxItems: 2,
          StartRecordName: page?.NextRecordName,
          StartRecordType: page?.NextRecordType,
          StartRecordIdentifier: page?.NextRecordIdentifier,
        }),
      );
      pages.push(page.ResourceRecordSets?.map(({ Type }) => Type) ?? []);
    } while (page.IsTruncated);
    const from = await client.send(
      new ListResourceRecordSetsCommand({
        HostedZoneId: ZONE,
        StartRecordName: 'API.chatbot.com',
        StartRecordType: 'CNAME',
        MaxItems: 1,
      }),
    );

    expect(pages).toEqual([
      ['NS', 'SOA'],
      ['CNAME', 'CNAME'],
      ['CNAME', 'CNAME'],
    ]);
    expect(from.ResourceRecordSets?.map(({ Name }) => Name)).toEqual(['api.chatbot.com.']);
    expect(from).toMatchObject({
      IsTruncated: true,
      NextRecordName: 'api.chatbot.com.',
      NextRecordIdentifier: 'secondary',
      MaxItems: 1,
    });
  });

  it('are found by id and by name', async () => {
    sandbox = await startSandbox();
    const client = sandbox.route53();

    const byId = await client.send(new GetHostedZoneCommand({ Id: ZONE }));
    const byName = await client.send(new ListHostedZonesByNameCommand({ DNSName: 'chatbot.com', MaxItems: 1 }));
    const all = await client.send(new ListHostedZonesCommand({}));

    expect(byId.HostedZone).toMatchObject({
      Id: `/hostedzone/${ZONE}`,
      Name: 'chatbot.com.',
      ResourceRecordSetCount: 6,
    });
    expect(byId.DelegationSet?.NameServers).toHaveLength(4);
    expect(byName.HostedZones?.map(({ Name }) => Name)).toEqual(['chatbot.com.']);
    expect(all.HostedZones?.map(({ Id }) => Id)).toEqual([`/hostedzone/${ZONE}`]);
  });
});

describe('ChangeResourceRecordSets', () => {
  it('is PENDING for 20 to 60 s; from INSYNC on the name servers answer the new value', async () => {
    sandbox = await startSandbox({ speed: 60 });

    const { ChangeInfo, ...atOnce } = await standingStill(sandbox.world, async () => {
      const { ChangeInfo } = await send(change('UPSERT', 'us-east-1.api.chatbot.com', 'CNAME', [WEST_HOST]));
      return { ChangeInfo, shown: (await listed())?.[4], answered: answered('us-east-1.api.chatbot.com.') };
    });
    await insync(ChangeInfo?.Id);

    expect(ChangeInfo).toMatchObject({ Status: 'PENDING', Comment: 'by a test' });
    expect(ChangeInfo?.SubmittedAt).toBeInstanceOf(Date);
    expect(atOnce).toEqual({ shown: ['us-east-1.api.chatbot.com.', 'CNAME', WEST_HOST], answered: [EAST_HOST] });
    expect(answered('us-east-1.api.chatbot.com.')).toEqual([WEST_HOST]);
    const [transition] = sandbox.world.state.transitions;
    expect(transition).toMatchObject({ service: 'route53', kind: 'change', resource: 'us-east-1.api.chatbot.com.' });
    const seconds = ((transition?.to ?? 0) - (transition?.from ?? 0)) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(20);
    expect(seconds).toBeLessThanOrEqual(60);
  });

  it('creates and deletes: the name servers know of neither before INSYNC', async () => {
    sandbox = await startSandbox({ speed: 60 });

    const { created, before } = await standingStill(sandbox.world, async () => ({
      created: await send(change('CREATE', 'www.chatbot.com', 'A', ['192.0.2.1', '192.0.2.2'])),
      before: answered('www.chatbot.com.', 'A'),
    }));
    await insync(created.ChangeInfo?.Id);
    const after = answered('www.chatbot.com.', 'A');
    const { deleted, shown, still } = await standingStill(sandbox.world, async () => ({
      deleted: await send(change('DELETE', 'www.chatbot.com', 'A', ['192.0.2.2', '192.0.2.1'])),
      shown: await listed(),
      still: answered('www.chatbot.com.', 'A'),
    }));
    await insync(deleted.ChangeInfo?.Id);

    expect([before, after, still]).toEqual([undefined, ['192.0.2.1', '192.0.2.2'], ['192.0.2.1', '192.0.2.2']]);
    expect(shown?.some(([name]) => name === 'www.chatbot.com.')).toBe(false);
    expect(answered('www.chatbot.com.', 'A')).toBeUndefined();
  });

  it('replaces a CNAME by an address in one batch', async () => {
    sandbox = await startSandbox();

    await send(
      change('DELETE', 'us-east-1.api.chatbot.com', 'CNAME', [EAST_HOST]),
      change('CREATE', 'us-east-1.api.chatbot.com', 'A', ['192.0.2.1']),
    );

    expect((await listed())?.[4]).toEqual(['us-east-1.api.chatbot.com.', 'A', '192.0.2.1']);
  });

  const taken = "resource record set [name='us-east-1.api.chatbot.com.', type='CNAME']";
  it.each([
    [
      'a record that exists',
      [change('CREATE', 'us-east-1.api.chatbot.com', 'CNAME', [WEST_HOST])],
      `[Tried to create ${taken} but it already exists]`,
    ],
    [
      'the deletion of what is not there',
      [change('DELETE', 'www.chatbot.com', 'A', ['192.0.2.1'])],
      "[Tried to delete resource record set [name='www.chatbot.com.', type='A'] but it was not found]",
    ],
    [
      'the deletion of another value',
      [change('DELETE', 'us-east-1.api.chatbot.com', 'CNAME', [WEST_HOST])],
      `[Tried to delete ${taken} but the values provided do not match the current values]`,
    ],
    [
      'an address beside a CNAME',
      [change('UPSERT', 'us-east-1.api.chatbot.com', 'A', ['192.0.2.1'])],
      '[RRSet of type A with DNS name us-east-1.api.chatbot.com. is not permitted because a conflicting RRSet of type CNAME with the same DNS name already exists in zone chatbot.com.]',
    ],
    [
      'a CNAME at the apex',
      [change('UPSERT', 'chatbot.com', 'CNAME', [WEST_HOST])],
      '[RRSet of type CNAME with DNS name chatbot.com. is not permitted at apex in zone chatbot.com.]',
    ],
    [
      'a name of another zone',
      [change('UPSERT', 'api.example.com', 'A', ['192.0.2.1'])],
      '[RRSet with DNS name api.example.com. is not permitted in zone chatbot.com.]',
    ],
    [
      'an address that is none',
      [change('UPSERT', 'www.chatbot.com', 'A', ['west'])],
      "[Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with 'west'']",
    ],
    [
      'a batch with one bad change, whole',
      [
        change('UPSERT', 'us-east-1.api.chatbot.com', 'CNAME', [WEST_HOST]),
        change('CREATE', 'us-west-2.api.chatbot.com', 'CNAME', [EAST_HOST]),
      ],
      "[Tried to create resource record set [name='us-west-2.api.chatbot.com.', type='CNAME'] but it already exists]",
    ],
    [
      'the same record twice',
      [
        change('UPSERT', 'us-east-1.api.chatbot.com', 'CNAME', [WEST_HOST]),
        change('UPSERT', 'us-east-1.api.chatbot.com', 'CNAME', [EAST_HOST]),
      ],
      "[The request contains an invalid set of changes for a resource record set 'CNAME us-east-1.api.chatbot.com.']",
    ],
  ])('refuses %s, and changes nothing', async (_what, changes, message) => {
    sandbox = await startSandbox();
    const before = await listed();

    const refused = await refusal(send(...changes));

    expect(refused).toEqual({ name: 'InvalidChangeBatch', message, status: 400 });
    expect(await listed()).toEqual(before);
    expect(sandbox.world.state.transitions).toEqual([]);
  });

  it('refuses a change without TTL or values', async () => {
    sandbox = await startSandbox();

    const refused = await refusal(
      send({ Action: 'UPSERT', ResourceRecordSet: { Name: 'api.chatbot.com', Type: 'CNAME' } }),
    );

    expect(refused).toMatchObject({
      name: 'InvalidInput',
      message: expect.stringContaining('Expected exactly one of'),
    });
  });
});

it('says what it does not know', async () => {
  sandbox = await startSandbox();
  const client = sandbox.route53();

  const zone = await refusal(client.send(new ListResourceRecordSetsCommand({ HostedZoneId: 'Z0NOBODY' })));
  const change = await refusal(client.send(new GetChangeCommand({ Id: 'C0NOBODY' })));

  expect(zone).toEqual({ name: 'NoSuchHostedZone', message: 'No hosted zone found with ID: Z0NOBODY', status: 404 });
  expect(change).toMatchObject({ name: 'NoSuchChange', status: 404 });
});
