import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Picture } from '../../sandbox/page/src/gallery/gallery.ts';

/** Where the recovery that is played in a browser keeps them. */
const IMAGES = resolve(import.meta.dirname, '../../docs/images');

/** The moments of a recovery in their order, as the files are named. */
const MOMENTS: Record<string, string> = {
  healthy: 'Before: all is well',
  plan: 'The plan waits for approval',
  running: 'The run',
  'running-world': 'The run, seen in the world',
  paused: 'A step failed: people decide',
  'empty-modal': 'A step cannot be skipped without a reason',
  recovered: 'Recovered and resolved',
  'recovered-world': 'Recovered, seen in the world',
};

/** Copies the pictures of the page into `folder`/pictures; empty where there are none. */
export async function copyPictures(folder: string): Promise<void> {
  await mkdir(join(folder, 'pictures'), { recursive: true });
  const names = await pictureFiles();
  await Promise.all(names.map((name) => copyFile(join(IMAGES, name), join(folder, 'pictures', name))));
}

/** What the gallery shows of them. A picture whose moment has no words here is not shown. */
export async function listPictures(): Promise<Picture[]> {
  const files = new Set(await pictureFiles());
  return Object.entries(MOMENTS).flatMap(([moment, words]) =>
    [
      { file: `${moment}-desktop.png`, narrow: false, title: words },
      { file: `${moment}-phone.png`, narrow: true, title: `${words}, on a telephone` },
    ]
      .filter(({ file }) => files.has(file))
      .map((picture) => ({ ...picture, file: `pictures/${picture.file}` })),
  );
}

async function pictureFiles(): Promise<string[]> {
  const names = await readdir(IMAGES).catch(() => []);
  return names.filter((name) => name.endsWith('.png'));
}
