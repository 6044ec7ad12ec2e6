import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Gallery } from '../../../sandbox/page/src/gallery/gallery.ts';

const TOOL = fileURLToPath(new URL('../../../tools/gallery.ts', import.meta.url));

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'";
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export interface Drawn {
  /** Of its page, as a file. */
  url: string;
  /** On 127.0.0.1, under the policy of the sandbox's page. */
  serve(): Promise<{ url: string } & AsyncDisposable>;
  /** What the tool printed. */
  said: string;
  remove(): Promise<void>;
}

/** The gallery as `npm run gallery` draws it: of the bot's messages, or of these. In a process of its own, as people do. */
export async function drawn(gallery?: Gallery): Promise<Drawn> {
  const folder = await mkdtemp(join(tmpdir(), 'lifeboat-gallery-'));
  const messages = join(folder, 'messages.json');
  if (gallery) await writeFile(messages, JSON.stringify(gallery));
  const page = join(folder, 'page');
  const { stdout } = await promisify(execFile)(process.execPath, [TOOL, page, ...(gallery ? [messages] : [])], {
    // A test's own NODE_ENV would build the page for development.
    env: { ...process.env, NODE_ENV: 'production' },
  });
  return {
    url: pathToFileURL(join(page, 'gallery.html')).href,
    serve: () => serve(page),
    said: stdout,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function serve(folder: string): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((request, response) => {
    const name = basename(new URL(request.url ?? '/', 'http://localhost').pathname);
    readFile(join(folder, name)).then(
      (content) => {
        response.setHeader('content-type', TYPES[extname(name)] ?? 'application/octet-stream');
        response.setHeader('content-security-policy', POLICY);
        response.end(content);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/gallery.html`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => {
        server.close(resolve);
      });
      server.closeAllConnections();
      await closed;
    },
  };
}
