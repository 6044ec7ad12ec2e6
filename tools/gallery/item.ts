import type { Gallery, GalleryItem } from '../../sandbox/page/src/gallery/gallery.ts';
import type { Block } from '../../sandbox/slack/state.ts';
import { plainText } from '../../src/adapters/slack/plain-text.ts';
import { type Message, sections } from '../../src/blocks/message.ts';
import type { JournalEntry } from '../../src/domain/events.ts';
import type { IncidentState } from '../../src/domain/incident-state.ts';
import type { Reply } from '../../src/usecases/reply.ts';

export type { Gallery, GalleryItem };

/** An item with what it was made from, so that a test can say what is missing. */
export interface Exhibit {
  item: GalleryItem;
  journal?: JournalEntry[];
  state?: IncidentState;
  reply?: Reply;
  /** A verb of `/dr` that the item shows the answer or the form of. */
  verb?: string;
  /** Of a refusal: the code of the error that it stands for. */
  code?: string;
}

export interface ExhibitGroup {
  title: string;
  exhibits: Exhibit[];
}

/** The item of a message, with every rung below it. */
export function item(
  about: Pick<GalleryItem, 'id' | 'title' | 'now' | 'kind'>,
  { text, blocks, fallbacks }: Message,
): GalleryItem {
  const rungs = [
    ...(fallbacks ?? []).map(({ name, blocks: lower }) => ({ name: `${name}`, blocks: asBlocks(lower), text })),
    { name: 'text', blocks: [], text: plainText({ text, blocks, ...(fallbacks ? { fallbacks } : {}) }) },
  ];
  return { ...about, message: { text, blocks: asBlocks(blocks) }, fallbacks: rungs };
}

/** The item of lines in a thread. */
export function threadItem(about: Pick<GalleryItem, 'id' | 'title' | 'now'>, lines: string[]): GalleryItem {
  return { ...about, kind: 'thread', message: { text: lines.join('\n'), blocks: asBlocks(sections(lines)) } };
}

/** The SDK's interfaces have no index signature; what goes over the wire is plain JSON. */
export function asBlocks(blocks: readonly object[]): Block[] {
  return JSON.parse(JSON.stringify(blocks)) as Block[];
}
