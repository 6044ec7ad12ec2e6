import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { EAST, system, WEST } from '../kubernetes/world.ts';
import { type Ended, isInstalled, startToolWorld, type ToolWorld } from './world.ts';

const PRIMARY = system.database.primary.instance;
const REPLICA = system.database.replica.instance;
const RECORD = system.dns.record;
const MESSAGES = `https://${RECORD}/messages`;
/** Every step here is a process of its own, and other tests run besides. */
jest.setTimeout(180_000);
const hostOf = (region: string) => system.loadBalancers[region]?.host ?? '';

let world: ToolWorld;
beforeAll(async () => {
  world = await startToolWorld();
});
afterEach(() => world.world.setSpeed(60));
afterAll(() => world.close());

/** Tests of tools: skipped, and counted as such, where one is not installed. */
const withTools = (...tools: string[]) => (tools.every(isInstalled) ? it : it.skip);

/** Runs a line again and again until it ends as it is waited for; the test's own limit ends it otherwise. */
async function until(line: string, holds: (ended: Ended) => boolean): Promise<Ended> {
  for (;;) {
    const ended = await world.run(line);
    if (holds(ended)) return ended;
  }
}

/** Asks the server of the page's command that has this in its title. */
function dig(title: string, question: string): string {
  const server = /^dig @\S+ -p \d+/.exec(
    world.of('dig').find((command) => command.title.includes(title))?.command ?? '',
  );
  return `${server?.[0]} ${question}`;
}

describe('dig by hand (skipped where it is not installed)', () => {
  withTools('dig')('sees a resolver count down what it remembers, and stand still with the world', async () => {
    const line = dig('google', `${RECORD} CNAME +noall +answer`);
    const secondsOf = ({ stdout }: Ended) => Number(stdout.split(/\s+/)[1]);

    const first = secondsOf(await world.run(line));
    const later = secondsOf(await until(line, (ended) => secondsOf(ended) < first));
    world.world.setSpeed(0);
    const paused = [await world.run(line), await world.run(line)].map(secondsOf);
    world.world.setSpeed(60);
    const anew = secondsOf(await until(line, (ended) => secondsOf(ended) > (paused[1] ?? 0)));

    expect(first).toBeLessThanOrEqual(60);
    expect([later, ...paused, anew].every((seconds) => seconds >= 0 && seconds <= 60)).toBe(true);
    expect(paused[1]).toBe(paused[0]);
  });

  withTools('dig')('is told of the zone, of names that are not there, and that other zones are refused', async () => {
    const { zone } = system.dns;
    const ask = async (question: string) =>
      (await world.run(dig('name servers', question))).stdout.replace(/\s+/g, ' ');

    const [nameServers, authority, unknown, foreign] = await Promise.all([
      ask(`${zone} NS +short`),
      ask(`${zone} SOA +noall +answer`),
      ask(`nothing.${zone}`),
      ask('www.example.com'),
    ]);

    expect(nameServers?.match(/ns-\d+\.\S+/g)).toHaveLength(4);
    expect(authority).toContain(`${zone}. 900 IN SOA ns-256.`);
    expect(unknown).toMatch(/status: NXDOMAIN.* AUTHORITY: 1/);
    expect(foreign).toContain('status: REFUSED');
  });
});

describe('psql by hand (skipped where it is not installed)', () => {
  const asApplication = (instance: string, sql: string) => `psql 'service=${instance} user=chatbot_app' -Atc "${sql}"`;
  const login = (word: 'LOGIN' | 'NOLOGIN') => `psql service=${PRIMARY} -qc 'ALTER ROLE chatbot_app ${word}'`;

  withTools('psql')('writes in one region, reads it in the other, and may not write there', async () => {
    const written = await world.run(asApplication(PRIMARY, 'INSERT INTO messages (id) VALUES (901) RETURNING id'));
    const read = await until(
      asApplication(REPLICA, 'SELECT id FROM messages WHERE id = 901'),
      ({ stdout }) => stdout !== '',
    );
    const refused = await world.run(asApplication(REPLICA, 'INSERT INTO messages (id) VALUES (902)'));

    expect(written).toMatchObject({ status: 0, stdout: expect.stringContaining('901') });
    expect(read.stdout).toBe('901\n');
    expect(refused).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('cannot execute INSERT in a read-only transaction'),
    });
  });

  withTools('psql')('keeps a fenced user out of both regions, and lets it in again', async () => {
    const fenced = await world.run(login('NOLOGIN'));
    const refused = [
      await world.run(asApplication(PRIMARY, 'SELECT 1')),
      await until(asApplication(REPLICA, 'SELECT 1'), ({ status }) => status !== 0),
    ];
    const owner = await world.run(`psql service=${REPLICA} -Atc 'SELECT 1'`);
    await world.run(login('LOGIN'));
    const back = await until(asApplication(REPLICA, 'SELECT 1'), ({ status }) => status === 0);

    expect(fenced.status).toBe(0);
    for (const { status, stderr } of refused) {
      expect([status, stderr]).toEqual([2, expect.stringContaining('role "chatbot_app" is not permitted to log in')]);
    }
    expect([owner.stdout, back.stdout]).toEqual(['1\n', '1\n']);
  });
});

describe('curl by hand (skipped where it is not installed)', () => {
  const post = (id: number) => `curl -K "$LIFEBOAT_CURL" -d '{"id": ${id}}' ${MESSAGES}`;
  /** What `curl.conf` says of an answer. */
  const statusOf = ({ stderr }: Ended) => /^HTTP (\d+) after [\d.]+ s$/m.exec(stderr)?.[1];

  withTools('curl', 'psql')('writes as the product’s users do, and finds it in both regions', async () => {
    const answers = [await world.run(post(903)), await world.run(post(903))];
    const found = await Promise.all(
      [PRIMARY, REPLICA].map((instance) =>
        until(`psql service=${instance} -Atc 'SELECT id FROM messages WHERE id = 903'`, ({ stdout }) => stdout !== ''),
      ),
    );

    expect(answers.map(statusOf)).toEqual(['201', '409']);
    expect(found.map(({ stdout }) => stdout)).toEqual(['903\n', '903\n']);
  });

  withTools('curl')('signs in, reads with the token, and is refused with another', async () => {
    const signIn = world.of('curl').find(({ command }) => command.includes('TEST_USER'))?.command ?? '';
    const read = (token: string) => `curl -K "$LIFEBOAT_CURL" -i -H 'authorization: Bearer ${token}' ${MESSAGES}`;

    const signedIn = await world.run(signIn);
    const { token = '' } = JSON.parse(signedIn.stdout) as { token?: string };
    const [messages, refused] = [await world.run(read(token)), await world.run(read('made.up'))];

    expect([signedIn, messages, refused].map(statusOf)).toEqual(['200', '200', '401']);
    expect(messages.stdout).toMatch(/^x-cache: (hit|miss)/im);
  });

  withTools('curl')('reaches nothing but the product, and trusts nobody else for it', async () => {
    const elsewhere = await world.run('curl -K "$LIFEBOAT_CURL" https://www.example.com/');
    const untrusted = await world.run(`curl -K "$LIFEBOAT_CURL" --cacert /dev/null ${MESSAGES}`);

    expect(elsewhere).toMatchObject({ status: 56, stderr: expect.stringContaining('502') });
    expect([60, 77]).toContain(untrusted.status);
  });

  withTools(
    'curl',
    'dig',
    'aws',
  )('is shown the standby page when the name is moved to the other region with the AWS CLI', async () => {
    const moveTo = (region: string) => {
      const chosen = {
        SetIdentifier: 'primary',
        Failover: 'PRIMARY',
        HealthCheckId: system.trafficObject?.healthCheck,
      };
      const set = { Name: RECORD, Type: 'CNAME', TTL: 60, ...chosen, ResourceRecords: [{ Value: hostOf(region) }] };
      const batch = JSON.stringify({ Changes: [{ Action: 'UPSERT', ResourceRecordSet: set }] });
      return `aws route53 change-resource-record-sets --hosted-zone-id "$HOSTED_ZONE_ID" --change-batch '${batch}'`;
    };
    const names = (region: string) => (ended: Ended) => ended.stdout.startsWith(`${hostOf(region)}.`);
    const health = world.of('curl')[0]?.command ?? '';

    const before = await world.run(health);
    const change = await world.run(moveTo(WEST));
    await until(dig('name servers', `${RECORD} +short`), names(WEST));
    // What the proxy's resolver remembers is answered until its time is over.
    const moved = await until(health, (ended) => statusOf(ended) !== '200');
    await world.run(moveTo(EAST));
    const back = await until(health, (ended) => statusOf(ended) === '200');

    expect(JSON.parse(before.stdout)).toMatchObject({ status: 'healthy', region: EAST });
    expect(JSON.parse(change.stdout)).toMatchObject({ ChangeInfo: { Status: 'PENDING' } });
    expect([statusOf(moved), moved.stdout]).toEqual(['503', expect.stringContaining('standby')]);
    expect(JSON.parse(back.stdout)).toMatchObject({ status: 'healthy', region: EAST });
  });

  withTools('dig', 'aws')('moves users without changing a record, by routing controls and by an object', async () => {
    const { [EAST]: east, [WEST]: west } = system.routingControls?.controls ?? {};
    const turn = (toEast: string, toWest: string) =>
      `aws route53-recovery-cluster update-routing-control-states --region eu-west-1 --update-routing-control-state-entries RoutingControlArn=${east},RoutingControlState=${toEast} RoutingControlArn=${west},RoutingControlState=${toWest}`;
    const { bucket, key, region } = system.trafficObject ?? { bucket: '', key: '', region: '' };
    const object = (verb: string) => `aws s3api ${verb}-object --bucket ${bucket} --key ${key} --region ${region}`;
    const goesTo = (to: string) =>
      until(dig('name servers', `${RECORD} +short`), ({ stdout }) => stdout.startsWith(`${hostOf(to)}.`));
    const unavailable = ({ stderr }: Ended) => stderr.includes('TemporarilyUnavailable');
    world.world.switchFault({ name: 'route53-control-plane-down' }, true);
    try {
      const turned = await until(turn('Off', 'On'), (ended) => !unavailable(ended));
      await goesTo(WEST);
      const forbidden = await until(turn('Off', 'Off'), (ended) => !unavailable(ended));
      await until(turn('On', 'Off'), (ended) => !unavailable(ended));
      await goesTo(EAST);
      const written = await world.run(object('put'));
      await goesTo(WEST);
      // A public resolver follows when what it remembers has expired.
      await until(dig('google', `${RECORD} +short`), ({ stdout }) => stdout.startsWith(`${hostOf(WEST)}.`));
      await world.run(object('delete'));
      await goesTo(EAST);

      expect([turned.status, turned.stderr]).toEqual([0, '']);
      expect(forbidden.stderr).toContain('(ConflictException)');
      expect(written.status).toBe(0);
    } finally {
      world.world.switchFault({ name: 'route53-control-plane-down' }, false);
    }
  });
});
