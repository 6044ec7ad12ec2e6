import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import type { ControlEvent, Snapshot } from '../../../sandbox/control/wire.ts';
import { type Playground, startPlayground } from './world.ts';

let playground: Playground;

beforeEach(async () => {
  playground = await startPlayground();
});

afterEach(async () => {
  await playground.close();
});

async function call(method: string, path: string, body?: object) {
  const response = await fetch(`${playground.control.url}${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** The status of a request with headers that fetch does not let one set. */
function statusWith(headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${playground.control.url}/state`, { headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    })
      .on('error', reject)
      .end();
  });
}

describe('the control API', () => {
  it('shows the whole world', async () => {
    const response = await fetch(`${playground.control.url}/state`);

    const state = (await response.json()) as Snapshot;
    expect(state).toMatchObject({
      version: 2,
      system: { name: 'chatbot', regions: ['us-east-1', 'us-west-2'] },
      clock: { speed: 1 },
      faults: [],
      pages: [],
      picture: {
        dns: { record: 'api.chatbot.com', region: 'us-east-1' },
        writesTo: 'chatbot-prod',
        loadBalancers: { 'us-east-1': 'service' },
      },
    });
    expect(state.people.map(({ name }) => name)).toEqual(['requester', 'approver', 'commander', 'bystander']);
    expect(state.picture.databases).toContainEqual({
      instance: 'chatbot-prod-replica-west',
      region: 'us-west-2',
      status: 'available',
      role: 'replica',
    });
  });

  it('sends a command through Slack and says what the person saw', async () => {
    const answer = await call('POST', '/command', { as: 'requester', text: '/dr status' });

    expect(answer).toMatchObject({ status: 200, body: { outcome: 'failed', error: 'dispatch_failed' } });
  });

  it('switches faults on and off by name', async () => {
    const on = await call('POST', '/fault', { name: 'region-down:us-east-1' });
    const condition = playground.world.regionCondition('us-east-1');
    await call('POST', '/fault', { name: 'replica-lag:600s' });
    const off = await call('DELETE', '/fault?name=region-down');
    const none = await call('DELETE', '/fault');

    expect(on).toMatchObject({ status: 200, body: { faults: [{ name: 'region-down', target: 'us-east-1' }] } });
    expect(condition).toBe('hang');
    expect(off.body.faults).toMatchObject([{ name: 'replica-lag', seconds: 600 }]);
    expect(none.body.faults).toEqual([]);
  });

  it.each([
    ['POST', '/fault', { name: 'regoin-down:us-east-1' }, 'There is no fault "regoin-down". Did you mean region-down?'],
    ['POST', '/fault', {}, 'The request is not understood: name: '],
    [
      'DELETE',
      '/fault?name=region-down:us-east-1',
      undefined,
      'The fault region-down:us-east-1 is not on; nothing is broken.',
    ],
    [
      'POST',
      '/command',
      { as: 'nobody', text: '/dr' },
      'Nobody here is called "nobody"; there are requester, approver, commander, bystander.',
    ],
    ['POST', '/command', { as: 'requester', text: 'dr' }, 'write a slash command, for example /dr failover chatbot'],
    ['POST', '/click', { as: 'requester', message: '1.000001', action: 'x' }, 'There is no message 1.000001.'],
    ['POST', '/view', { as: 'requester' }, 'Requester has no dialog open.'],
    ['POST', '/page', { id: 'Q1', action: 'acknowledge' }, 'There is no page Q1.'],
  ])('%s %s %j is refused in a sentence', async (method, path, body, sentence) => {
    const answer = await call(method, path, body);

    expect(answer.status).toBe(400);
    expect(answer.body.error).toContain(sentence);
  });

  it('answers this machine only, and no page of another origin', async () => {
    const { host } = new URL(playground.control.url);

    expect(await statusWith({ host: 'rebound.example' })).toBe(403);
    expect(await statusWith({ origin: 'https://evil.example' })).toBe(403);
    expect(await statusWith({ origin: `http://${host}` })).toBe(200);
    const socket = new WebSocket(`ws://${host}/events`, { origin: 'https://evil.example' });
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('403');
  });

  it('tells watchers a snapshot and then every change', async () => {
    const socket = new WebSocket(`${playground.control.url.replace('http', 'ws')}/events`);
    const events: ControlEvent[] = [];
    const complete = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        events.push(JSON.parse(data.toString()));
        if (events.filter(({ type }) => type !== 'world').length === 3) resolve();
        if (events.length === 1) {
          playground.slack.workspace.post({ channel: 'C0GENERAL', user: 'U0LIFEBOAT', text: 'hello' });
          playground.world.switchFault({ name: 'region-down', target: 'us-east-1' }, true);
        }
      });
    });

    await complete;
    socket.terminate();

    expect(events[0]).toMatchObject({ type: 'snapshot', snapshot: { version: 2 } });
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'slack', change: expect.objectContaining({ type: 'message' }) }),
    );
    expect(events).toContainEqual(expect.objectContaining({ type: 'fault', on: true }));
  });
});
