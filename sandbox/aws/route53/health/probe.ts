import { request } from 'node:http';

/** Machine milliseconds that a health checker waits: four seconds for the connection and two for the answer are many in a fast world. */
const TIMEOUT = 2000;

/** Asks an https address of the world through its forward proxy, as a health checker does: the status; 0 without an answer. */
export function probeThrough(proxyUrl: string, url: string): Promise<number> {
  const { hostname, port } = new URL(proxyUrl);
  return new Promise((resolve) => {
    const asking = request({ hostname, port, path: url, agent: false, timeout: TIMEOUT }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asking.on('timeout', () => asking.destroy());
    asking.on('error', () => resolve(0));
    asking.on('close', () => resolve(0));
    asking.end();
  });
}
