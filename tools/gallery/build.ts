import { boardGroups } from './boards.ts';
import { cardGroups } from './cards.ts';
import { extremeGroups } from './extremes.ts';
import type { ExhibitGroup, Gallery } from './item.ts';
import { modalGroups } from './modals.ts';
import { pageGroups } from './pages.ts';
import { listPictures } from './pictures.ts';
import { refusalGroups } from './refusals.ts';
import { replyGroups } from './replies.ts';
import { threadGroups } from './threads.ts';

/** Every message of the bot in every state, and what each was made from. `made` is the moment at which it is built. */
export async function buildGallery(made = new Date()): Promise<{ gallery: Gallery; groups: ExhibitGroup[] }> {
  const groups = [
    ...boardGroups(),
    ...cardGroups(),
    ...threadGroups(),
    ...(await replyGroups()),
    ...(await refusalGroups()),
    ...modalGroups(),
    ...pageGroups(),
    ...extremeGroups(),
  ];
  const gallery = {
    made: made.toISOString(),
    pictures: await listPictures(),
    groups: groups.map(({ title, exhibits }) => ({ title, items: exhibits.map(({ item }) => item) })),
  };
  return { gallery, groups };
}
