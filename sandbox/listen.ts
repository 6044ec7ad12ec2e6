import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';

/** Ports by what listens there: `aws/us-east-1`, `dns/cloudflare`, `proxy`. */
export type Ports = Readonly<Record<string, number>>;

/**
 * Lets `server` listen on 127.0.0.1, and gives the port: `wanted`, or a free one where none is wanted or somebody else
 * has it.
 */
export async function listen(server: Server, wanted = 0): Promise<number> {
  try {
    await listening(server, wanted);
  } catch (error) {
    if (wanted === 0 || !isTaken(error)) throw error;
    await listening(server, 0);
  }
  return (server.address() as AddressInfo).port;
}

/** Whether listening failed because the port is not to be had. */
export function isTaken(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 'EADDRINUSE' || code === 'EACCES';
}

async function listening(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}
