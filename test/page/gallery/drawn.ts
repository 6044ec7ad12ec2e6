import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Gallery } from '../../../sandbox/page/src/gallery/gallery.ts';

const TOOL = fileURLToPath(new URL('../../../tools/gallery.ts', import.meta.url));

export interface Drawn {
  /** Where it was built to. */
  folder: string;
  /** Of its page, as a file. */
  url: string;
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
    folder: page,
    url: pathToFileURL(join(page, 'gallery.html')).href,
    said: stdout,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
