import { describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config.ts';

const SOCKET = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' };

describe('the configuration', () => {
  test('of an empty environment starts nothing by accident', () => {
    const config = loadConfig({});

    expect(config).toMatchObject({
      slack: undefined,
      incidentChannel: 'incident-response',
      host: '127.0.0.1',
      port: 3000,
      logLevel: 'info',
      databaseTls: 'verify-full',
      stateDirectory: '.lifeboat',
      runbooksDirectory: 'runbooks',
      clock: undefined,
      dns: { servers: undefined, resolvers: {} },
    });
  });

  test('reads what a sandbox sets', () => {
    const config = loadConfig({
      ...SOCKET,
      SLACK_API_URL: 'http://127.0.0.1:4000/api/',
      AWS_ENDPOINTS: '{"us-east-1":"http://127.0.0.1:4001","route53":"http://127.0.0.1:4002"}',
      DNS_SERVERS: '127.0.0.1:5301',
      DNS_RESOLVERS: 'cloudflare=127.0.0.1:5302,google=127.0.0.1:5303',
      HTTPS_PROXY: 'http://127.0.0.1:8443',
      PAGERDUTY_EVENTS_HOST: 'localhost:9000',
      LIFEBOAT_CLOCK: '{"machine":1,"world":2,"speed":60}',
      PORT: '0',
    });

    expect(config.slack).toEqual({
      mode: 'socket',
      botToken: 'xoxb-1',
      appToken: 'xapp-1',
      apiUrl: 'http://127.0.0.1:4000/api/',
    });
    expect(config.aws.endpoints?.route53).toBe('http://127.0.0.1:4002');
    expect(config.dns).toEqual({
      servers: ['127.0.0.1:5301'],
      resolvers: { cloudflare: '127.0.0.1:5302', google: '127.0.0.1:5303' },
    });
    expect(config.clock).toEqual({ machine: 1, world: 2, speed: 60 });
    expect(config.port).toBe(0);
  });

  test('takes a world that begins paused', () => {
    const { clock } = loadConfig({ ...SOCKET, LIFEBOAT_CLOCK: '{"machine":1,"world":2,"speed":0}' });

    expect(clock).toEqual({ machine: 1, world: 2, speed: 0 });
  });

  test.each(['{"machine":1,"world":2,"speed":-1}', '{"machine":1,"world":2}', '60'])(
    'refuses the clock %s',
    (clock) => {
      expect(() => loadConfig({ ...SOCKET, LIFEBOAT_CLOCK: clock })).toThrow(/^LIFEBOAT_CLOCK/);
    },
  );

  test('with a signing secret is called over HTTP', () => {
    const { slack } = loadConfig({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 's' });

    expect(slack).toMatchObject({ mode: 'http', signingSecret: 's' });
  });

  test.each([
    [
      { SLACK_BOT_TOKEN: 'xoxb-1' },
      /^SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is missing, although SLACK_BOT_TOKEN is set/,
    ],
    [{ SLACK_APP_TOKEN: 'xapp-1' }, /^SLACK_BOT_TOKEN is missing, although SLACK_APP_TOKEN is set/],
    [{ SLACK_TEAM: 'x', SLACK_BOT_TOKEN: '' }, /^SLACK_BOT_TOKEN is missing, although SLACK_TEAM is set/],
    [{ LIFEBOAT_CONTAINER: '1' }, /^SLACK_BOT_TOKEN is missing, although Lifeboat runs in a container/],
    [{ KUBERNETES_SERVICE_HOST: '10.0.0.1' }, /^SLACK_BOT_TOKEN is missing, although Lifeboat runs in a container/],
    [{ ...SOCKET, LIFEBOAT_CONTAINER: '1' }, /^DATABASE_URL is missing, although Lifeboat runs in a container.*\.$/],
    [{ ...SOCKET, KUBERNETES_SERVICE_HOST: '10.0.0.1' }, /^DATABASE_URL is missing, although Lifeboat runs in/],
    [{ ...SOCKET, SLACK_BOT_TOKEN: 'xapp-1' }, /^SLACK_BOT_TOKEN must be the bot token, which begins with xoxb-\.$/],
    [{ PORT: 'http' }, /^PORT must be a port number\.$/],
    [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL must be one of fatal, error/],
    [{ AWS_ENDPOINTS: '{' }, /^AWS_ENDPOINTS must be JSON/],
    [{ AWS_ENDPOINTS: '{"us-east-1":"x"}' }, /^AWS_ENDPOINTS \(us-east-1\) must map regions to URLs/],
    [{ DATABASE_URL: 'mysql://x' }, /^DATABASE_URL must be a URL, for example postgres:/],
    [{ DATABASE_TLS: 'verify-ca' }, /^DATABASE_TLS must be one of disable, prefer, require, verify-full\.$/],
    [{ DNS_RESOLVERS: 'cloudflare' }, /^DNS_RESOLVERS \(0\) must be name=host:port/],
    [{ HOME_REGION: 'Virginia' }, /^HOME_REGION must be an AWS region/],
  ])('%j is refused in one sentence', (env, message) => {
    expect(() => loadConfig(env)).toThrow(message);
  });

  test('of a container with a database is whole', () => {
    const config = loadConfig({ ...SOCKET, LIFEBOAT_CONTAINER: '1', DATABASE_URL: 'postgres://db/lifeboat' });

    expect(config.databaseUrl).toBe('postgres://db/lifeboat');
  });

  test('names every mistake, and no value', () => {
    const mistakes = () => loadConfig({ PORT: 'secret-port', REDIS_URL: 'http://user:hunter2@x' });

    expect(mistakes).toThrow(/^PORT [^\n]+\nREDIS_URL [^\n]+$/);
    expect(mistakes).not.toThrow(/hunter2|secret-port/);
  });

  test('gives a secret by the name that system.yaml has for it', () => {
    const config = loadConfig({ CHATBOT_DATABASE_PASSWORD: 'hunter2' });

    expect(config.secret('CHATBOT_DATABASE_PASSWORD')).toBe('hunter2');
    expect(() => config.secret('PAGERDUTY_ROUTING_KEY_SRE')).toThrow(/PAGERDUTY_ROUTING_KEY_SRE is not set/);
    expect(config.hasSecret('CHATBOT_DATABASE_PASSWORD')).toBe(true);
    expect(config.hasSecret('PAGERDUTY_ROUTING_KEY_SRE')).toBe(false);
    expect(JSON.stringify(config)).not.toContain('hunter2');
  });
});
