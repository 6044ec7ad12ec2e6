import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, it } from '@jest/globals';
import { createRoutingControls } from '../../../src/adapters/aws/routing-controls.ts';

const servers: Server[] = [];
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function endpoint(region: string, listener: RequestListener) {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { region, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

it('leaves an endpoint that hangs after the time that people would give it, and tries the next', async () => {
  process.env.AWS_ACCESS_KEY_ID ??= 'AKIAIOSFODNN7EXAMPLE';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'an-example-key';
  const asked: string[] = [];
  const endpoints = [
    await endpoint('us-east-1', () => asked.push('us-east-1')),
    await endpoint('us-west-2', (_request, response) => {
      asked.push('us-west-2');
      response.writeHead(503, { 'x-amzn-errortype': 'EndpointTemporarilyUnavailableException' }).end('{}');
    }),
    await endpoint('eu-west-1', (_request, response) => {
      asked.push('eu-west-1');
      response.end('{}');
    }),
  ];
  const given: number[] = [];
  const patience = (milliseconds: number) => {
    given.push(milliseconds);
    // The endpoint that hangs is the second to be tried; the others may take as long as they like.
    return given.length === 2 ? 0 : 60_000;
  };
  const controls = createRoutingControls({ patience });

  const taken = await controls.update(
    { endpoints, controls: { 'us-west-2': 'arn:aws:route53-recovery-control::123456789012:controlpanel/a/b' } },
    { 'us-west-2': 'On' },
    'us-west-2',
    new AbortController().signal,
  );
  controls.close();

  expect(taken).toBe('eu-west-1');
  expect(asked).toEqual(['us-west-2', 'us-east-1', 'eu-west-1']);
  expect(given).toEqual([5000, 5000, 5000]);
});
