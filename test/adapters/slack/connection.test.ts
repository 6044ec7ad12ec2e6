import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { httpDelivery } from '../../../sandbox/slack/http-delivery.ts';
import type { Slack } from '../../../sandbox/slack/server.ts';
import { SLACK_PATH, startSlackAdapter } from '../../../src/adapters/slack/index.ts';
import { createLogger } from '../../../src/log.ts';
import { startTestSlack } from '../../sandbox/slack/workspace.ts';
import { type BotBench, createBotBench } from '../../support/bot.ts';
import { createSlackBench, socketConfig } from './bench.ts';

const open: { close(): Promise<void> }[] = [];
function closing<T extends { close(): Promise<void> }>(what: T): T {
  open.unshift(what);
  return what;
}
afterEach(async () => {
  for (const what of open.splice(0)) await what.close();
});

const logger = createLogger('silent');

async function until(condition: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > giveUpAt) throw new Error('it did not come true within a minute');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('Socket Mode', () => {
  test('holds two connections, and both come back after Slack refreshes them', async () => {
    const { slack } = closing(await createSlackBench());
    await until(() => slack.socket.connections === 2);
    let opened = 0;
    slack.interfere(({ method }) => {
      if (method === 'apps.connections.open') opened += 1;
      return undefined;
    });
    const away: number[] = [];
    for (const times of [1, 2, 3]) {
      const before = Date.now();
      slack.socket.refresh();
      await until(() => opened === 2 * times && slack.socket.connections === 2);
      away.push(Date.now() - before);
    }

    // The official client alone stays away for five seconds, each time; a busy machine is late now and then.
    expect(Math.min(...away)).toBeLessThan(3000);
    const seen = await slack.workspace.command('requester', 'incident-response', '/dr help');
    expect(seen).toMatchObject({ outcome: 'acknowledged' });
  });

  test('that finds Slack away starts all the same, and connects when it is back', async () => {
    const slack = closing(await startTestSlack());
    let calls = 0;
    slack.interfere(() => {
      calls += 1;
      return calls <= 5 ? { kind: 'status', status: 503 } : undefined;
    });
    const bot = closing(await createBotBench());

    const adapter = closing(
      await startSlackAdapter({ config: socketConfig(slack), dispatcher: bot.dispatcher, logger }),
    );

    expect(calls).toBeGreaterThan(5);
    expect(await adapter.ready()).toBeUndefined();
  });

  test.each([
    ['SLACK_BOT_TOKEN', { botToken: 'xoxb-wrong' }],
    ['SLACK_APP_TOKEN', { appToken: 'xapp-wrong' }],
  ])('refuses to start with a wrong %s, and names it', async (name, change) => {
    const slack = closing(await startTestSlack());
    const bot = closing(await createBotBench());
    const config = { ...socketConfig(slack), ...change };

    const starting = startSlackAdapter({ config, dispatcher: bot.dispatcher, logger });

    await expect(starting).rejects.toThrow(name);
  });
});

describe('HTTP', () => {
  async function startHttp(): Promise<{ slack: Slack; bot: BotBench; url: string }> {
    const slack = closing(await startTestSlack());
    const bot = closing(await createBotBench());
    const { botToken, apiUrl, signingSecret } = slack;
    const config = { mode: 'http' as const, botToken, apiUrl, signingSecret };
    const { requestListener } = closing(await startSlackAdapter({ config, dispatcher: bot.dispatcher, logger }));
    if (!requestListener) throw new Error('there is no request listener');
    const server = createServer(requestListener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing({
      async close() {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${SLACK_PATH}`;
    slack.workspace.delivery = httpDelivery(url, signingSecret);
    return { slack, bot, url };
  }

  test('answers signed commands', async () => {
    const { slack } = await startHttp();

    const seen = await slack.workspace.command('requester', 'incident-response', '/dr failover nothing');

    expect(seen).toMatchObject({
      outcome: 'acknowledged',
      message: { to: 'U0REQUESTER', text: expect.stringMatching(/There is no system “nothing”/) },
    });
  });

  test('refuses what is not signed, and records nothing', async () => {
    const { bot, url } = await startHttp();
    const body = new URLSearchParams({ command: '/dr', text: 'failover chatbot', user_id: 'U0REQUESTER' });

    const answer = await fetch(url, { method: 'POST', body });

    expect(answer.status).toBe(401);
    expect(await bot.store.requests.unfinished()).toEqual([]);
    expect(bot.planned).toEqual([]);
  });
});
