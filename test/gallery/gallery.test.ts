import { expect, test } from '@jest/globals';
import { buildGallery } from '../../tools/gallery/build.ts';

test('x', async () => {
  expect((await buildGallery()).gallery.groups.length).toBeGreaterThan(3);
});
