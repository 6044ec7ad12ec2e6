import { Agent, request } from 'node:https';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { event } from '@pagerduty/pdjs';
import { createAuthority } from '../../../sandbox/authority.ts';
import { type PagerDuty, startPagerDuty } from '../../../sandbox/pagerduty/server.ts';
import type { World } from '../../../sandbox/world/world.ts';
import { standingStill } from '../../support/standing-still.ts';
import { emptyWorld } from '../slack/workspace.ts';

const SRE = 'a'.repeat(32);
const SPEED = 100;

let world: World;
let pagerDuty: PagerDuty;
let agent: Agent;

beforeEach(async () => {
  world = emptyWorld(SPEED);
  const authority = await createAuthority();
  agent = new Agent({ ca: authority.certificate });
  pagerDuty = await startPagerDuty(world, { authority, services: { [SRE]: 'SRE rotation' } });
  world.start();
});

afterEach(async () => {
  agent.destroy();
  world.stop();
  await pagerDuty.close();
});

const page = {
  routing_key: SRE,
  event_action: 'trigger',
  dedup_key: 'incident-1/tier-1',
  payload: { summary: 'chatbot: us-east-1 is down', source: 'lifeboat', severity: 'critical' },
};

async function send(data: object): Promise<{ status: number; data: Record<string, unknown> }> {
  const answer = await event({ server: pagerDuty.host, agent, data } as unknown as Parameters<typeof event>[0]);
  return { status: answer.status, data: { ...answer.data } };
}

/** Without pdjs, which meets a 429 with twenty seconds of silence. */
function rawStatus(data: object): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', agent, headers: { 'content-type': 'application/json' } };
    request(`https://${pagerDuty.host}/v2/enqueue`, options, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    })
      .on('error', reject)
      .end(JSON.stringify(data));
  });
}

/** Resolves when `holds` does; looks again whenever the world changes. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise<void>((resolve) => world.once('changed', resolve));
}

describe('the Events API v2, spoken by pdjs', () => {
  it('accepts at once, and pages 1 to 5 world seconds later', async () => {
    const { accepted, before } = await standingStill(world, async () => ({
      accepted: await send(page),
      before: pagerDuty.incidents().length,
    }));
    await until(() => pagerDuty.incidents().length === 1);

    const [incident] = pagerDuty.incidents();
    const [call] = world.state.calls;
    const after = ((incident?.triggeredAt ?? 0) - (call?.at ?? 0)) / 1000;
    expect(accepted).toEqual({
      status: 202,
      data: { status: 'success', message: 'Event processed', dedup_key: page.dedup_key },
    });
    expect(before).toBe(0);
    expect(incident).toMatchObject({ service: 'SRE rotation', status: 'triggered', summary: page.payload.summary });
    expect(after).toBeGreaterThanOrEqual(1);
    expect(call).toMatchObject({ service: 'pagerduty', operation: 'trigger', resource: page.dedup_key, status: 202 });
  });

  it('folds events with the same key into one page, and resolves it', async () => {
    await send(page);
    await send(page);
    await send({ ...page, event_action: 'acknowledge' });
    await send({ routing_key: SRE, event_action: 'resolve', dedup_key: page.dedup_key });
    await until(() => pagerDuty.incidents()[0]?.status === 'resolved');

    expect(pagerDuty.incidents()).toMatchObject([{ repeats: 1, status: 'resolved' }]);
    expect(pagerDuty.incidents()[0]?.acknowledgedAt).toBeDefined();
  });

  it('pagerduty-down: takes the connection and never answers, and nobody is paged', async () => {
    world.switchFault({ name: 'pagerduty-down' }, true);

    const answered = await Promise.race([
      rawStatus(page).then(
        () => true,
        () => true,
      ),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 300)),
    ]);

    expect(answered).toBe(false);
    expect(pagerDuty.incidents()).toEqual([]);
  });

  it('lets the person with the telephone answer', async () => {
    await send(page);
    await until(() => pagerDuty.incidents().length === 1);

    pagerDuty.press(pagerDuty.incidents()[0]?.id ?? '', 'acknowledge');

    expect(pagerDuty.incidents()[0]?.status).toBe('acknowledged');
  });

  it.each([
    [
      'a short routing key',
      { ...page, routing_key: 'abc' },
      "Length of 'routing_key' is incorrect (should be 32 characters)",
    ],
    ['an unknown routing key', { ...page, routing_key: 'b'.repeat(32) }, 'Invalid routing key'],
    [
      'an unknown action',
      { ...page, event_action: 'shout' },
      "'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')",
    ],
    ['no summary', { ...page, payload: { ...page.payload, summary: '' } }, "'payload.summary' is missing or blank"],
    [
      'a wrong severity',
      { ...page, payload: { ...page.payload, severity: 'P0' } },
      "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')",
    ],
    [
      'a dedup key of 256',
      { ...page, dedup_key: 'x'.repeat(256) },
      "'dedup_key' is too long (maximum is 255 characters)",
    ],
  ])('refuses %s', async (_name, data, error) => {
    const refused = await send(data);

    expect(refused).toEqual({
      status: 400,
      data: { status: 'invalid event', message: 'Event object is invalid', errors: [error] },
    });
  });

  it('refuses more than 512 KB, and more than 120 events a minute', async () => {
    const large = await send({ ...page, payload: { ...page.payload, custom_details: 'x'.repeat(512 * 1024) } });
    for (let turn = 0; turn < 120; turn += 1) await send(page);
    const throttled = await rawStatus(page);

    expect(large.status).toBe(413);
    expect(throttled).toBe(429);
  });
});
