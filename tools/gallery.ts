// npm run gallery [-- <folder>]: every message of the bot in every state on one page. Builds the states, draws them with
// the sandbox's page, and prints the file to open; nothing of it is served or sent anywhere.
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';
import { buildGallery } from './gallery/build.ts';

const root = resolve(import.meta.dirname, '..');
const folder = resolve(root, process.argv[2] ?? '.lifeboat/gallery');

const { gallery } = await buildGallery();
// Vite's configuration of the page reads it from here.
await writeFile(resolve(root, 'sandbox/page/gallery.json'), JSON.stringify(gallery));
await build({
  configFile: resolve(root, 'sandbox/page/vite.config.ts'),
  mode: 'gallery',
  logLevel: 'warn',
  build: { outDir: folder, emptyOutDir: true },
});

const count = gallery.groups.reduce((sum, { items }) => sum + items.length, 0);
console.log(
  `${count} messages in ${gallery.groups.length} groups: ${pathToFileURL(resolve(folder, 'gallery.html')).href}`,
);
