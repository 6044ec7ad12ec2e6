import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHttp } from '../../../src/adapters/http/index.ts';

let server: Server;
let url: string;
const connections = new Set<unknown>();

beforeAll(async () => {
  server = createServer((request, response) => {
    connections.add(request.socket);
    if (request.url === '/silent') return;
    response.writeHead(request.url === '/moved' ? 301 : 200, { location: '/' });
    response.end('x'.repeat(100_000));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const signal = () => AbortSignal.timeout(20_000);

describe('http.get', () => {
  it('opens a connection for each request, as a new client does', async () => {
    const http = createHttp({ timeoutMs: () => 2000 });
    connections.clear();

    const answers = [await http.get(url, signal()), await http.get(url, signal())];

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(connections.size).toBe(2);
  });

  it('follows no redirect', async () => {
    expect(await createHttp({ timeoutMs: () => 2000 }).get(`${url}/moved`, signal())).toMatchObject({ status: 301 });
  });

  it('gives up after its timeout, in machine time', async () => {
    const silent = createHttp({ timeoutMs: () => 50 }).get(`${url}/silent`, signal());

    await expect(silent).rejects.toMatchObject({ name: 'Retryable', code: 'http.timeout' });
  });

  it('says that nothing listens', async () => {
    const refused = createHttp({ timeoutMs: () => 2000 }).get('http://127.0.0.1:1/', signal());

    await expect(refused).rejects.toMatchObject({ name: 'Retryable', code: 'http.unreachable' });
  });
});
