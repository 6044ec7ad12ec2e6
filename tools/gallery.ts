// npm run gallery [-- <folder> [<messages.json>]]: every message of the bot in every state on one page, or those of the
// file. Draws them with the sandbox's page, and prints the file to open; nothing of it is served or sent anywhere.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildGallery } from './gallery/build.ts';
import { drawGallery } from './gallery/draw.ts';
import type { Gallery } from './gallery/item.ts';

const [folder = resolve(import.meta.dirname, '../.lifeboat/gallery'), messages] = process.argv.slice(2);
const gallery: Gallery =
  messages === undefined ? (await buildGallery()).gallery : (JSON.parse(await readFile(messages, 'utf8')) as Gallery);
const file = await drawGallery(gallery, resolve(folder));

const count = gallery.groups.reduce((sum, { items }) => sum + items.length, 0);
console.log(`${count} messages in ${gallery.groups.length} groups: ${pathToFileURL(file).href}`);
