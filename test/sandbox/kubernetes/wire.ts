import type { ClientRequest, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { createInterface } from 'node:readline';
import { json } from 'node:stream/consumers';
import { parse } from 'yaml';

interface Kubeconfig {
  clusters: { name: string; cluster: { server: string; 'certificate-authority-data': string } }[];
  users: { user: { token: string } }[];
}

// biome-ignore lint/suspicious/noExplicitAny: answers of the API, of any kind.
type Body = any;

export interface WatchEvent {
  type: string;
  object: Body;
}

/** One cluster's API as it is on the wire, by the context of a kubeconfig. */
export function wireOf(kubeconfig: string, context: string) {
  const { clusters, users } = parse(kubeconfig) as Kubeconfig;
  const cluster = clusters.find(({ name }) => name === context)?.cluster;
  if (!cluster) throw new Error(`no cluster ${context}`);
  const ca = Buffer.from(cluster['certificate-authority-data'], 'base64');

  async function send(
    method: string,
    path: string,
    { body, ...headers }: Record<string, string> = {},
  ): Promise<{ sent: ClientRequest; response: IncomingMessage }> {
    const sent = request(new URL(path, cluster?.server), {
      method,
      ca,
      headers: { authorization: `Bearer ${users[0]?.user.token}`, ...headers },
    });
    const response = new Promise<IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve);
      sent.once('error', reject);
    });
    sent.end(body);
    return { sent, response: await response };
  }

  return {
    async call(method: string, path: string, options: Record<string, string> = {}) {
      const { response } = await send(method, path, options);
      const { statusCode = 0, headers } = response;
      return { status: statusCode, headers, body: (await json(response)) as Body };
    },
    /** A watch: `next()` waits for the next event; undefined when the server ended it. */
    async watch(path: string, options: Record<string, string> = {}) {
      const { sent, response } = await send('GET', path, options);
      // A connection that is cut ends the lines, too.
      response.on('error', () => undefined);
      sent.on('error', () => undefined);
      const lines = createInterface(response)[Symbol.asyncIterator]();
      return {
        status: response.statusCode,
        async next(): Promise<WatchEvent | undefined> {
          const { value, done } = await lines.next();
          return done ? undefined : (JSON.parse(String(value)) as WatchEvent);
        },
        close: () => sent.destroy(),
      };
    },
  };
}
