import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuthority } from '../../sandbox/authority.ts';
import { noteLine } from '../../sandbox/monitoring/application-log.ts';
import { startPagerDuty } from '../../sandbox/pagerduty/server.ts';
import { redact } from '../../src/actions/cloudwatch/redact.ts';
import { createChannels } from '../../src/adapters/channels/index.ts';
import type { Action } from '../../src/domain/action.ts';
import type { Clock } from '../../src/domain/clock.ts';
import { startTestSlack } from '../sandbox/slack/workspace.ts';
import { patient } from '../support/patient.ts';
import { permittedActions } from '../support/permitted.ts';
import { createRunContext } from '../support/run-context.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

const EAST = 'us-east-1';
const WEST = 'us-west-2';
const MINUTE = 60_000;
const GROUP = '/aws/containerinsights/chatbot-cluster/application';

let bench: TestWorld;
let actions: ReadonlyMap<string, Action>;

beforeAll(async () => {
  bench = await startTestWorld({ speed: 600 });
  actions = permittedActions(bench, {
    ...bench.clients,
    commanders: (name) => (name === 'chatbot' ? ['U0COMMANDER'] : []),
  });
});
afterAll(() => bench.close());
afterEach(() => {
  for (const { name, target } of [...bench.world.state.faults]) {
    bench.world.switchFault({ name, ...(target !== undefined && { target }) }, false);
  }
  delete bench.world.state.faultLog;
  delete bench.world.state.hasSupportPlan;
  bench.world.state.applicationLogs = {};
});

function action(id: string): Action {
  const found = actions.get(id);
  if (!found) throw new Error(`no action ${id}`);
  return found;
}
const contextOf = (signal = AbortSignal.timeout(20_000), clock: Clock = bench.world.clock) =>
  createRunContext({ system: bench.system, clock, signal });
/** `patience`: machine milliseconds after which what has not answered counts as silent. */
const patientContext = (patience?: number) => contextOf(undefined, patient(bench.world.clock, patience));
async function look(id: string, given: object) {
  const { facts, measurements } = await action(id).observe(patientContext(), action(id).input.parse(given));
  return action(id).output.parse({ ...facts, ...measurements });
}
async function run(id: string, given: object, context = contextOf()) {
  const { outputs } = await action(id).run(context, action(id).input.parse(given));
  return action(id).output.parse(outputs);
}

describe('cloudwatch.metric', () => {
  const cpu = {
    ...{ region: EAST, namespace: 'AWS/RDS', metric: 'CPUUtilization' },
    dimensions: { DBInstanceIdentifier: 'chatbot-prod' },
  };

  it('reads a metric over its window, and says it in a sentence', async () => {
    const at = bench.world.clock.now() - 2 * MINUTE;
    bench.world.state.faultLog = [{ name: 'database-overloaded', target: 'chatbot-prod', at, on: true }];

    const seen = await look('cloudwatch.metric', { ...cpu, window: '10m' });

    expect(seen).toMatchObject({ newest: 99, highest: 99, lowest: expect.any(Number) });
    expect(seen).toMatchObject({
      sentence: expect.stringMatching(/^CPUUtilization of chatbot-prod is 99, [\d.]+ to 99 in the last 10 min\.$/),
    });
  });

  it('waits until the newest value is as wanted', async () => {
    const at = bench.world.clock.now() - 20 * MINUTE;
    bench.world.state.faultLog = [{ name: 'database-overloaded', target: 'chatbot-prod', at, on: true }];
    const context = contextOf();
    const running = run('cloudwatch.metric', { ...cpu, atMost: 95 }, context);
    while (context.sentences.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    bench.world.state.faultLog.push({ name: 'database-overloaded', target: 'chatbot-prod', at: at + 1, on: false });

    const seen = await running;

    expect(context.sentences[0]).toMatch(/ Wanted: at most 95\.$/);
    expect(seen).toMatchObject({ newest: expect.any(Number) });
  });

  it('says that nothing is reported', async () => {
    expect(await look('cloudwatch.metric', { ...cpu, metric: 'Unheard' })).toEqual({
      ...{ newest: 0, lowest: 0, highest: 0, minutes: 0 },
      sentence: 'Unheard of chatbot-prod was not reported in the last 5 min.',
    });
  });
});

describe('cloudwatch.alarm', () => {
  it('tells its state and since when', async () => {
    const at = bench.world.clock.now() - 20 * MINUTE;
    bench.world.state.faultLog = [{ name: 'database-overloaded', target: 'chatbot-prod', at, on: true }];

    const loud = await look('cloudwatch.alarm', { region: EAST, alarm: 'chatbot-prod-cpu' });
    const quiet = await run('cloudwatch.alarm', { region: WEST, alarm: 'chatbot-prod-replica-west-cpu' });

    expect(loud).toMatchObject({ state: 'ALARM', sinceSeconds: expect.any(Number) });
    expect(quiet).toMatchObject({ state: 'OK' });
  });

  it('refuses an alarm that is not there', async () => {
    await expect(look('cloudwatch.alarm', { region: EAST, alarm: 'another' })).rejects.toMatchObject({
      name: 'Permanent',
      code: 'cloudwatch.alarm-not-found',
    });
  });
});

describe('cloudwatch.logs', () => {
  const wrong = { region: WEST, group: GROUP };

  it('counts errors, shows the newest without secrets, and waits until they are old', async () => {
    const pod = Object.keys(bench.world.state.kubernetes[WEST]?.pods ?? {})[0] ?? '';
    for (let n = 1; n <= 7; n += 1) {
      noteLine(bench.world, WEST, { pod, level: 'error', message: `connect ${n} postgres://app:geheim@db/chatbot` });
    }

    const seen = await look('cloudwatch.logs', wrong);
    const later = await run('cloudwatch.logs', { ...wrong, window: '30s' });

    expect(seen).toMatchObject({ count: 7, more: false });
    expect(seen).toMatchObject({
      lines: expect.arrayContaining([expect.stringContaining('connect 7 postgres://app:…@db')]),
    });
    expect(JSON.stringify(seen)).not.toContain('geheim');
    expect(later).toMatchObject({ count: 0, lines: [] });
  });

  it.each([
    ['password=geheim user=app', 'password=… user=app'],
    ['{"password":"geh\\"eim","user":"app"}', '{"password":…,"user":"app"}'],
    ['authorization: Bearer geheimgeheim, next', 'authorization: …, next'],
    ['client_secret: geheim', 'client_secret: …'],
    ['sent Bearer geheimgeheim', 'sent Bearer …'],
    ['key AKIAABCDEFGHIJKLMNOP', 'key …'],
    ['jwt eyJhbGciOiJ.eyJzdWIiOiIx.c2ln', 'jwt …'],
    ['relation "users" does not exist', 'relation "users" does not exist'],
  ])('shows %s as %s', (line, shown) => {
    expect(redact(line)).toBe(shown);
  });
});

describe('health.region', () => {
  it('does not know without a support plan, and counts the zones', async () => {
    expect(await look('health.region', { region: EAST })).toEqual({
      ...{ health: 'unknown', issues: [], answers: true, zones: 3, zonesAvailable: 3 },
      sentence: 'us-east-1: AWS Health does not tell (no support plan, or no answer); EC2 has 3 of 3 zones available.',
    });
  });

  it('tells what is open with one, and what does not answer', async () => {
    bench.world.state.hasSupportPlan = true;
    bench.world.switchFault({ name: 'region-down', target: WEST }, true);

    expect(await run('health.region', { region: WEST }, patientContext(2000))).toMatchObject({
      ...{ health: 'open issue', answers: false, zones: 0 },
      sentence: expect.stringMatching(
        /^us-west-2: AWS Health has 1 open: MULTIPLE_SERVICES: .*; EC2 does not answer\.$/,
      ),
    });
  });
});

describe('eks.cluster', () => {
  it('describes the cluster that system.yaml names', async () => {
    expect(await look('eks.cluster', { region: WEST })).toMatchObject({ name: 'chatbot-cluster', status: 'ACTIVE' });
  });

  it('is unreachable with its region', async () => {
    bench.world.switchFault({ name: 'region-down', target: WEST }, true);
    const context = contextOf(AbortSignal.timeout(300));

    const looking = action('eks.cluster').observe(context, action('eks.cluster').input.parse({ region: WEST }));

    await expect(looking).rejects.toMatchObject({ name: 'Retryable', code: 'eks.timeout' });
  });
});

describe('incident.commander', () => {
  it.each([
    ['<@U0COMMANDER|cleo>', true, '<@U0COMMANDER> commands.'],
    ['U0COMMANDER', true, '<@U0COMMANDER> commands.'],
    ['<@U0APPROVER>', false, '<@U0APPROVER> may not command. access.yaml lists for chatbot: <@U0COMMANDER>.'],
    ['', false, 'Nobody commands yet. Add commander=@somebody; access.yaml lists for chatbot: <@U0COMMANDER>.'],
    ['cleo', false, '"cleo" is no mention of a person. access.yaml lists for chatbot: <@U0COMMANDER>.'],
  ])('judges %p', async (commander, assigned, advice) => {
    expect(await look('incident.commander', { commander })).toMatchObject({ assigned, advice });
  });
});

describe('incident.channels', () => {
  it('asks both, pages nobody, and says what to do where one does not answer', async () => {
    const authority = await createAuthority();
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), authority.certificate]);
    const pagerDuty = await startPagerDuty(bench.world, { authority });
    const slack = await startTestSlack();
    const seen = async (botToken = slack.botToken, patience?: number) => {
      const channels = createChannels({ slack: { apiUrl: slack.apiUrl, botToken }, pagerDutyHost: pagerDuty.host });
      const asked = permittedActions(bench, { ...bench.clients, channels }).get('incident.channels');
      return (await asked?.observe(patientContext(patience), asked.input.parse({})))?.measurements;
    };
    try {
      const both = await seen();
      const withoutToken = await seen('xoxb-of-somebody-else');
      bench.world.switchFault({ name: 'pagerduty-down' }, true);
      const one = await seen(slack.botToken, 2000);

      expect(both).toEqual({ slack: true, pagerDuty: true, advice: 'Slack and PagerDuty answer.' });
      expect(withoutToken).toEqual({
        slack: false,
        pagerDuty: true,
        advice: 'Slack answered invalid_auth. Agree on a telephone bridge and on who writes down what is decided.',
      });
      expect(one).toEqual({
        slack: true,
        pagerDuty: false,
        advice: 'PagerDuty did not answer in time. Call the people of the escalation by telephone.',
      });
      expect(pagerDuty.incidents()).toEqual([]);
      expect(slack.workspace.messages('C0GENERAL')).toEqual([]);
    } finally {
      await slack.close();
      await pagerDuty.close();
    }
  });

  it('knows nothing of what is not configured', async () => {
    expect(await look('incident.channels', {})).toMatchObject({
      ...{ slack: false, pagerDuty: false },
      advice: expect.stringMatching(/^No Slack workspace is configured\. Agree on a telephone bridge/),
    });
  });
});
