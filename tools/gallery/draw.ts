import { resolve } from 'node:path';
import { build } from 'vite';
import type { Gallery } from './item.ts';
import { copyPictures } from './pictures.ts';

const PAGE = resolve(import.meta.dirname, '../../sandbox/page');

/** Builds the page that shows these messages into `folder`, which is emptied first. Gives the file to open. */
export async function drawGallery(gallery: Gallery, folder: string): Promise<string> {
  await build({
    configFile: resolve(PAGE, 'vite.config.ts'),
    mode: 'gallery',
    logLevel: 'warn',
    plugins: [
      {
        name: 'lifeboat:gallery-messages',
        resolveId: (id) => (id === 'virtual:gallery' ? '\0gallery' : undefined),
        load: (id) => (id === '\0gallery' ? `export default ${JSON.stringify(gallery)};` : undefined),
      },
    ],
    build: { outDir: folder, emptyOutDir: true },
  });
  if (gallery.pictures?.length) await copyPictures(folder);
  return resolve(folder, 'gallery.html');
}
