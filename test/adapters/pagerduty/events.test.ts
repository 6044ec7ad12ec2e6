import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createAuthority } from '../../../sandbox/authority.ts';
import { createPagerDutyEvents, type PagerDutyEvents } from '../../../src/adapters/pagerduty/events.ts';
import { Permanent, Retryable } from '../../../src/domain/errors.ts';

const trusted = getCACertificates('default');
const page = {
  routingKey: 'a'.repeat(32),
  action: 'trigger' as const,
  dedupKey: 'lifeboat/INC-1/1/tier/1',
  summary: 'INC-1 P0 chatbot: us-east-1 is down',
  source: 'chatbot',
  details: {},
};

interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: object;
}

describe('PagerDuty events', () => {
  let authority: Awaited<ReturnType<typeof createAuthority>>;
  let server: Server;
  let events: PagerDutyEvents;
  let answers: Answer[];
  let received: number;

  beforeAll(async () => {
    authority = await createAuthority();
    setDefaultCACertificates([...trusted, authority.certificate]);
  });

  afterAll(() => setDefaultCACertificates(trusted));

  beforeEach(async () => {
    received = 0;
    server = createServer(await authority.issue(['localhost']), (request, response) => {
      request.resume().on('end', () => {
        const { status, headers, body } = answers[received++] ?? { status: 500 };
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body ?? {}));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    events = createPagerDutyEvents({ host: `localhost:${(server.address() as AddressInfo).port}` });
  });

  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  it('is done on 202', async () => {
    answers = [{ status: 202, body: { status: 'success', dedup_key: page.dedupKey } }];

    await events.send(page);

    expect(received).toBe(1);
  });

  it('a 429 ends the try at once, with the time to wait that PagerDuty asks for', async () => {
    answers = [{ status: 429, headers: { 'retry-after': '37' }, body: { status: 'throttle exceeded' } }];

    const error = await events.send(page).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(Retryable);
    expect(error).toMatchObject({ code: 'pagerduty.throttled', retryAfterMs: 37_000 });
    expect(received).toBe(1);
  });

  it('of two pages at once only the one that was throttled is', async () => {
    answers = [{ status: 429 }, { status: 202, body: { status: 'success' } }];

    const ends = await Promise.allSettled([events.send(page), events.send({ ...page, dedupKey: 'another' })]);

    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('tells what may pass by itself from what will not', async () => {
    answers = [{ status: 503 }, { status: 400, body: { status: 'invalid event', errors: ['Invalid routing key'] } }];

    const unavailable = await events.send(page).catch((thrown: unknown) => thrown);
    const refused = await events.send(page).catch((thrown: unknown) => thrown);

    expect(unavailable).toBeInstanceOf(Retryable);
    expect(refused).toBeInstanceOf(Permanent);
    expect(refused).toMatchObject({ message: expect.stringContaining('Invalid routing key') });
  });
});
