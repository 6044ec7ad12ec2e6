import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { describeError } from './domain/errors.ts';

/** One thing that must work before this process is ready: undefined, or a sentence that says what is missing. */
export type ReadinessCheck = () => Promise<string | undefined>;

export interface HttpServer {
  url: string;
  close(): Promise<void>;
}

/** Answers `/healthz` (the process lives), `/readyz` (it can work; 503 says why not) and `/metrics`. */
export async function startHttpServer(options: {
  host: string;
  port: number;
  ready: Readonly<Record<string, ReadinessCheck>>;
  metrics: Registry;
  /** Who answers other paths, for example Slack's requests. */
  routes?: Readonly<Record<string, RequestListener>>;
}): Promise<HttpServer> {
  const { host, port, ready, metrics, routes = {} } = options;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const route = routes[path];
    if (route) return route(request, response);
    if (request.method !== 'GET') return send(response, 405, 'text/plain', 'Only GET is answered here.\n');
    if (path === '/healthz') return send(response, 200, 'text/plain', 'ok\n');
    if (path === '/metrics') return send(response, 200, metrics.contentType, await metrics.metrics());
    if (path !== '/readyz') return send(response, 404, 'text/plain', 'Try /healthz, /readyz or /metrics.\n');
    const checks = await Promise.all(
      Object.entries(ready).map(async ([name, check]) => [name, (await check().catch(describeError)) ?? 'ok'] as const),
    );
    const all = checks.every(([, state]) => state === 'ok');
    send(response, all ? 200 : 503, 'application/json', `${JSON.stringify(Object.fromEntries(checks))}\n`);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => send(response, 500, 'text/plain', `${describeError(error)}\n`));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${bound}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}
