import type { Block } from '../../../slack/state.ts';

/** What the gallery shows: every message of the bot, in every state. */
export interface Gallery {
  /** When it was made, as `Date` reads it. */
  made: string;
  groups: GalleryGroup[];
  /** The sandbox's page in a recovery, as files beside the gallery; none where they were not made. */
  pictures?: Picture[];
}

export interface Picture {
  file: string;
  /** What is to be seen: `The plan, on a telephone`. */
  title: string;
  narrow: boolean;
}

export interface GalleryGroup {
  title: string;
  items: GalleryItem[];
}

export interface GalleryItem {
  id: string;
  title: string;
  /** The one thing to do now, told from the state and not from the message: does the message say it? */
  now: string;
  message: Drawn;
  kind: 'message' | 'ephemeral' | 'thread' | 'modal' | 'page';
  /** Of a modal: its buttons, and what is wrong with its inputs by block id. */
  modal?: { submit: string; close: string; errors?: Record<string, string> };
  /** What is sent instead where Slack takes less. */
  fallbacks?: (Drawn & { name: string })[];
}

/** A message as it is sent: the text of its notification, and its blocks. Of a page, the first line is its summary. */
export interface Drawn {
  text: string;
  blocks: Block[];
}
