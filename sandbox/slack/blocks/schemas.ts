import { z } from 'zod';
import { actionsBlock } from './actions.ts';
import { inputBlock } from './inputs.ts';
import { planBlock, taskCardBlock } from './plan.ts';
import { richTextBlock } from './rich-text.ts';
import { sectionBlock } from './section.ts';
import { alertBlock, contextBlock, dividerBlock, headerBlock, imageBlock, markdownBlock } from './simple.ts';
import { tableBlock } from './table.ts';

const everywhere = [
  sectionBlock,
  headerBlock,
  contextBlock,
  actionsBlock,
  dividerBlock,
  imageBlock,
  richTextBlock,
  inputBlock,
] as const;

/** What a message may hold. */
export const messageBlocks = z
  .array(z.discriminatedUnion('type', [...everywhere, markdownBlock, tableBlock, planBlock, taskCardBlock]))
  .max(50);

/** What a modal may hold. */
export const modalBlocks = z.array(z.discriminatedUnion('type', [...everywhere, alertBlock])).max(100);
