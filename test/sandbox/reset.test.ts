import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { reset } from '../../sandbox/reset.ts';

const server = createServer({ allowHalfOpen: true });
let client: Socket;
let accepted: Socket;

beforeEach(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  [accepted] = (await once(server, 'connection')) as [Socket];
});

afterEach(async () => {
  client.destroy();
  server.close();
  await once(server, 'close');
});

it('is felt as a reset at the other end', async () => {
  const felt = once(client, 'error');

  reset(accepted);

  expect(await felt).toEqual([expect.objectContaining({ code: 'ECONNRESET' })]);
});

it('closes a connection whose end is just being sent', async () => {
  const errors: Error[] = [];
  accepted.on('error', (error) => errors.push(error));
  client.on('error', () => undefined);
  const closed = once(accepted, 'close');
  accepted.end();

  reset(accepted);
  await closed;

  expect(errors).toEqual([]);
});

it('leaves alone what is closed', async () => {
  accepted.destroy();
  await once(accepted, 'close');

  expect(() => reset(accepted)).not.toThrow();
});
