import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ClientSettings } from './protocol.ts';

/**
 * Sends one write on a connection of its own, so that each one tells how things are now: through the proxy's tunnel
 * to `target` (the load balancer that DNS named), TLS for the URL's host. Resolves with the HTTP status; rejects on
 * any failure, and when `signal` is aborted.
 */
export async function sendWrite(
  { url, proxyUrl, certificate }: Pick<ClientSettings, 'url' | 'proxyUrl' | 'certificate'>,
  target: string,
  number: number,
  signal: AbortSignal,
): Promise<number> {
  const { hostname, pathname } = new URL(url);
  const tunnel = await openTunnel(proxyUrl, target, signal);
  const destroy = () => tunnel.destroy();
  signal.addEventListener('abort', destroy, { once: true });
  try {
    signal.throwIfAborted();
    const socket = connectTls({ socket: tunnel, servername: hostname, ca: certificate });
    return await new Promise<number>((resolve, reject) => {
      tunnel.on('close', () => reject(signal.aborted ? signal.reason : new Error('connection closed')));
      socket.on('error', reject);
      const request = httpsRequest({
        createConnection: () => socket,
        method: 'POST',
        path: pathname,
        headers: { host: hostname, 'content-type': 'application/json', connection: 'close' },
      });
      request.on('error', reject);
      request.on('response', (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      });
      request.end(JSON.stringify({ id: number }));
    });
  } finally {
    signal.removeEventListener('abort', destroy);
    tunnel.destroy();
  }
}

async function openTunnel(proxyUrl: string, target: string, signal: AbortSignal): Promise<Socket> {
  const proxy = new URL(proxyUrl);
  return await new Promise<Socket>((resolve, reject) => {
    const request = httpRequest({
      host: proxy.hostname,
      port: proxy.port,
      method: 'CONNECT',
      path: `${target}:443`,
      agent: false,
      signal,
    });
    request.on('error', reject);
    request.on('connect', (response, socket) => {
      socket.on('error', () => socket.destroy());
      if (response.statusCode === 200) {
        resolve(socket);
      } else {
        socket.destroy();
        reject(new Error(`proxy ${response.statusCode}`));
      }
    });
    request.end();
  });
}
