import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describeError } from '../../src/domain/errors.ts';
import { listen } from '../listen.ts';

export interface Proxy {
  url: string;
  port: number;
  close(): Promise<void>;
}

/**
 * The sandbox's way into its HTTP world: a forward proxy on 127.0.0.1 that takes CONNECT and absolute-form requests.
 * `locate` gives the local port that serves a host, and throws a sentence where there is none (answered with 502).
 */
export async function startProxy({
  locate,
  certificate,
  port: wanted,
}: {
  locate: (host: string) => Promise<number>;
  /** PEM of the authority that the servers behind the proxy are signed by. */
  certificate: string;
  /** A free port where none is given, or somebody else has it. */
  port?: number | undefined;
}): Promise<Proxy> {
  const server = createServer((request, response) => void forward(request, response));
  const tunnels = new Set<Duplex>();

  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = new URL(request.url ?? '');
      const port = await locate(url.hostname);
      const outgoing = httpsRequest({
        host: '127.0.0.1',
        port,
        servername: url.hostname,
        ca: certificate,
        method: request.method,
        path: `${url.pathname}${url.search}`,
        headers: { ...request.headers, host: url.host },
      });
      outgoing.on('response', (incoming) => {
        response.writeHead(incoming.statusCode ?? 502, incoming.headers);
        void pipeline(incoming, response).catch(() => response.destroy());
      });
      response.on('close', () => outgoing.destroy());
      await pipeline(request, outgoing);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else response.writeHead(502, { 'content-type': 'text/plain' }).end(`${describeError(error)}\n`);
    }
  }

  server.on('connect', async (request: IncomingMessage, client: Duplex, head: Buffer) => {
    tunnels.add(client);
    client.on('close', () => tunnels.delete(client));
    client.on('error', () => client.destroy());
    try {
      const target = new URL(`https://${request.url}`);
      if (target.port !== '') throw new Error(`nothing in the sandbox listens on ${target.host}`);
      const port = await locate(target.hostname);
      const upstream = connect({ host: '127.0.0.1', port, noDelay: true });
      upstream.on('error', () => client.destroy());
      upstream.on('close', () => client.destroy());
      client.on('close', () => upstream.destroy());
      await once(upstream, 'connect');
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client);
      client.pipe(upstream);
    } catch (error) {
      const sentence = `${describeError(error)}\n`;
      client.end(
        `HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(sentence)}\r\nconnection: close\r\n\r\n${sentence}`,
      );
    }
  });

  const port = await listen(server, wanted);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async close() {
      for (const tunnel of tunnels) tunnel.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
