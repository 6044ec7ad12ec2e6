import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Slack } from '../../../sandbox/slack/server.ts';
import { startTestSlack } from './workspace.ts';

let slack: Slack;
let server: Server;
let received: { body: string; signature: string; timestamp: string } | undefined;

beforeEach(async () => {
  server = createServer(async (request, response) => {
    received = {
      body: await text(request),
      signature: String(request.headers['x-slack-signature']),
      timestamp: String(request.headers['x-slack-request-timestamp']),
    };
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ text: 'Over HTTP.' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  slack = await startTestSlack(undefined, { requestUrl: `http://127.0.0.1:${port}/slack/events` });
});

afterEach(async () => {
  await slack.close();
  await new Promise((resolve) => server.close(resolve));
});

describe('delivery to a request URL', () => {
  it('is a form, signed with the signing secret', async () => {
    const seen = await slack.workspace.command('requester', 'general', '/dr status');

    const { body = '', signature, timestamp } = received ?? {};
    const expected = createHmac('sha256', slack.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
    expect(seen).toMatchObject({ outcome: 'acknowledged', message: { text: 'Over HTTP.' } });
    expect(signature).toBe(`v0=${expected}`);
    expect(new URLSearchParams(body).get('text')).toBe('status');
  });
});
