import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Aws, createAws } from '../../../src/adapters/aws/index.ts';
import { plainName } from '../../../src/adapters/aws/route53.ts';

/** A region that throttles everything. */
let server: Server;
let aws: Aws;
let endpoints: Record<string, string>;
let requests = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    requests++;
    request.resume();
    const error = `<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>`;
    response.writeHead(503, { 'content-type': 'text/xml' }).end(error);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.AWS_ACCESS_KEY_ID ??= 'AKIAIOSFODNN7EXAMPLE';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'an-example-key';
  endpoints = { 'us-west-2': url, route53: url };
  aws = createAws({ endpoints });
});
beforeEach(() => {
  requests = 0;
});
afterAll(async () => {
  aws.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const signal = () => AbortSignal.timeout(20_000);

describe('AWS clients', () => {
  it('repeat a throttled read a few times, then say that it can be repeated', async () => {
    const reading = aws.rds.describe('us-west-2', 'chatbot-prod', signal());

    await expect(reading).rejects.toMatchObject({ name: 'Retryable', code: 'rds.throttling' });
    expect(requests).toBe(3);
  });

  it('pause between attempts for as long as the world makes of it, and say that it was throttled', async () => {
    const pauses: number[] = [];
    const paced = createAws({
      endpoints,
      patience(milliseconds) {
        pauses.push(milliseconds);
        return 0;
      },
    });

    const reading = paced.rds.describe('us-west-2', 'chatbot-prod', signal());

    await expect(reading).rejects.toMatchObject({ code: 'rds.throttling', isThrottled: true });
    expect(requests).toBe(3);
    expect(pauses).toEqual([expect.any(Number), expect.any(Number)]);
    paced.close();
  });

  it.each([
    ['PromoteReadReplica', () => aws.rds.promote('us-west-2', 'chatbot-prod', signal())],
    [
      'ChangeResourceRecordSets',
      () =>
        aws.route53.change(
          'Z1',
          { upsert: [{ name: 'a.b', type: 'A', ttl: 60, values: ['127.0.0.1'] }] },
          '',
          signal(),
        ),
    ],
  ])('send %s once', async (_operation, call) => {
    await expect(call()).rejects.toMatchObject({ name: 'Retryable' });
    expect(requests).toBe(1);
  });
});

it.each([
  ['API.Chatbot.com.', 'api.chatbot.com'],
  ['\\052.chatbot.com.', '*.chatbot.com'],
])('the name %s is compared as %s', (name, plain) => {
  expect(plainName(name)).toBe(plain);
});
