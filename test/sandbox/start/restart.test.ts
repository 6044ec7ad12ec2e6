import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Snapshot } from '../../../sandbox/control/wire.ts';
import { createStateFolder, type Started, start } from '../../page/support/started.ts';
import { channel, look, press, send, until } from './play.ts';

const LIMIT = 240_000;
const PROMOTION = 'PromoteReadReplica';

let state: Awaited<ReturnType<typeof createStateFolder>>;
let sandbox: Started;

beforeEach(async () => {
  state = await createStateFolder();
  sandbox = await start(state.folder, '--speed', '60', '--no-open');
}, LIMIT);

afterEach(async () => {
  await sandbox.stop();
  await state.remove();
});

/** Ends the whole sandbox, as Ctrl+C or `kill -9` does, and starts it again as it was started. */
async function again(how: 'stop' | 'kill'): Promise<void> {
  await sandbox[how]();
  sandbox = await start(state.folder, '--no-open');
}

async function breakRegionAndAsk(): Promise<void> {
  await send(sandbox.url, 'fault', { name: 'region-down:us-east-1' });
  await send(sandbox.url, 'command', { as: 'requester', text: '/dr failover chatbot' });
  await until(sandbox.url, ({ recovery }) => recovery?.plan?.status === 'awaiting approval');
}

/** Whether a reply in a thread of #incident-response contains this. */
function says(snapshot: Snapshot, words: string): boolean {
  return channel(snapshot).some(({ threadTs, text }) => threadTs !== undefined && text.includes(words));
}

/** A bot hears of a pause some milliseconds late, and at 60 times the speed that is a second of its board or more. */
const CLOCK = /\d+ (?:h|min|s)(?: \d+ (?:min|s))? (left|since detection)|(as of) \d\d:\d\d:\d\d UTC/g;

/** What stands still while the world does: all but what is measured by looking. */
function standing({ messages: shown, ephemerals, pages, faults, marks, recovery, picture, calls, tools }: Snapshot) {
  const messages: unknown = JSON.parse(JSON.stringify(shown).replaceAll(CLOCK, '$1$2'));
  const { dns, loadBalancers, pods, databases, underWay } = picture;
  // The last write of the product's users is judged as the pause begins.
  const { downtimeSeconds: _measured, ...known } = recovery ?? { downtimeSeconds: undefined };
  // A message is compared as it is shown, however often it was brought up to date.
  const carriedOut = calls.filter(
    ({ mutating, status, operation }) => mutating && status < 300 && operation !== 'chat.update',
  );
  const roles = databases.map(({ instance, status, role }) => ({ instance, status, role }));
  const world = { host: dns.host, loadBalancers, pods, roles };
  return { messages, ephemerals, pages, faults, marks, known, world, underWay, carriedOut, tools };
}

/** What is shown once nothing that was on its way is left: Slack takes one message a second, and a page its time. */
async function onceItStandsStill(): Promise<Snapshot> {
  for (let before = await look(sandbox.url); ; ) {
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const now = await look(sandbox.url);
    if (isDeepStrictEqual(standing(before), standing(now))) return now;
    before = now;
  }
}

describe('the sandbox that ends and is started again', () => {
  it(
    'shows a paused world with a fault and a waiting plan as it stood, stopped or killed, and goes on from there',
    async () => {
      await breakRegionAndAsk();
      // What was under way when the region ended has been given up, and is known.
      await until(sandbox.url, ({ recovery }) => (recovery?.downtimeSeconds ?? 0) > 0);
      await send(sandbox.url, 'clock', { speed: 0 });
      await until(sandbox.url, (seen) => says(seen, 'is ready and waits for approval'));
      const before = await onceItStandsStill();
      const { url } = sandbox;

      await again('stop');
      const stopped = await look(sandbox.url);
      await again('kill');
      const killed = await look(sandbox.url);

      expect([before, stopped, killed].map(({ clock }) => clock.speed)).toEqual([0, 0, 0]);
      // The client of the product hears of a pause a moment later, a second of the machine at most, and none of its times
      // may be ahead of the world's.
      expect(killed.clock.now - before.clock.now).toBeLessThan(60_000);
      expect(standing(stopped)).toEqual(standing(before));
      expect(standing(killed)).toEqual(standing(before));
      expect(sandbox.url).toBe(url);

      await send(sandbox.url, 'clock', { speed: 60 });
      await press(sandbox.url, 'approver', 'Approve');
      const { snapshot } = await until(sandbox.url, ({ recovery }) => recovery?.run?.status === 'running');
      expect(snapshot.recovery?.incident).toBe('INC-1');
    },
    LIMIT,
  );

  it(
    'goes on with a promotion under way, stopped or killed, and shows an incident that is resolved',
    async () => {
      await breakRegionAndAsk();
      await send(sandbox.url, 'clock', { speed: 3 });
      await press(sandbox.url, 'approver', 'Approve');
      const promotionOf = ({ picture }: Snapshot) => picture.underWay.find(({ kind }) => kind === 'promotion');
      const { found: begun } = await until(sandbox.url, promotionOf);

      await again('stop');
      const stopped = await look(sandbox.url);
      await again('kill');
      const killed = await look(sandbox.url);

      expect([stopped, killed].map(promotionOf)).toEqual([begun, begun]);
      expect([stopped, killed].map(({ recovery }) => recovery?.run)).toEqual(
        Array(2).fill(expect.objectContaining({ planId: 'INC-1.p1', status: 'running' })),
      );

      await send(sandbox.url, 'clock', { speed: 30 });
      await press(sandbox.url, 'commander', 'Yes, it works');
      await until(sandbox.url, ({ recovery }) => recovery?.run?.status === 'finished');
      await send(sandbox.url, 'command', { as: 'commander', text: '/dr resolve' });
      await until(sandbox.url, ({ recovery }) => recovery?.status === 'resolved');
      const { snapshot: resolved } = await until(sandbox.url, (seen) => says(seen, '🏁 Resolved by'));
      await again('stop');
      const afterwards = await look(sandbox.url);
      await again('kill');
      const inTheEnd = await look(sandbox.url);

      const figures = resolved.recovery;
      expect(figures).toMatchObject({ run: { status: 'finished', recovered: true }, rowsLost: expect.any(Number) });
      for (const later of [afterwards, inTheEnd]) {
        expect(later.recovery).toEqual(figures);
        expect(later.picture).toMatchObject({ dns: { region: 'us-west-2' }, writesTo: 'chatbot-prod-replica-west' });
        expect(channel(later).map(({ ts }) => ts)).toEqual(channel(resolved).map(({ ts }) => ts));
        expect(later.calls.filter(({ operation, status }) => operation === PROMOTION && status < 300)).toHaveLength(1);
      }
    },
    LIMIT,
  );

  it(
    'is found where it was by what people wrote down: the page, their tools, and PagerDuty',
    async () => {
      const names = ['kubeconfig.yaml', 'tools/env.sh', 'tools/pg_service.conf', 'tools/curl.conf'];
      const files = names.map((name) => join(state.folder, 'sandbox', name));
      const settings = () => Promise.all(files.map((file) => readFile(file, 'utf8')));
      const before = { url: sandbox.url, tools: (await look(sandbox.url)).tools, settings: await settings() };
      const { ports } = JSON.parse(await readFile(join(state.folder, 'sandbox', 'world.json'), 'utf8'));

      await again('kill');

      const after = { url: sandbox.url, tools: (await look(sandbox.url)).tools, settings: await settings() };
      expect(after).toEqual(before);
      expect(await statusOfPagerDuty(ports.pagerduty)).toBe(400);
    },
    LIMIT,
  );
});

/** What the Events API answers to an empty event; its certificate is signed by the sandbox's own authority. */
async function statusOfPagerDuty(port: number): Promise<number | undefined> {
  const ca = await readFile(join(state.folder, 'sandbox', 'authority.pem'));
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    request({ host: 'localhost', port, path: '/v2/enqueue', method: 'POST', headers, ca, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end('{}');
  });
}
