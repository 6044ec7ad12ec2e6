import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import fastifyStatic from '@fastify/static';
import Fastify from 'fastify';
import { WebSocketServer } from 'ws';
import type { ControlEvent, Snapshot } from '../../sandbox/control/wire.ts';

export interface Served {
  url: string;
  /** To every page that is open. */
  tell(event: ControlEvent): void;
  close(): Promise<void>;
}

/** Serves the built page in `folder` over one snapshot, on a free port of 127.0.0.1. */
export async function serve(folder: string, snapshot: Snapshot): Promise<Served> {
  const app = Fastify({ logger: false, forceCloseConnections: true });
  await app.register(fastifyStatic, { root: folder, cacheControl: false });
  const sockets = new WebSocketServer({ server: app.server, path: '/events' });
  const first = JSON.stringify({ type: 'snapshot', snapshot } satisfies ControlEvent);
  sockets.on('connection', (socket) => socket.send(first));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    tell(event) {
      const text = JSON.stringify(event);
      for (const socket of sockets.clients) socket.send(text);
    },
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      await once(sockets, 'close');
      await app.close();
    },
  };
}
