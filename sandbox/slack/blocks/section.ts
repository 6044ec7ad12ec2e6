import { z } from 'zod';
import { button, imageElement, overflow } from './buttons.ts';
import * as selects from './selects.ts';
import { blockId, textObject } from './text.ts';

/** https://docs.slack.dev/reference/block-kit/blocks/section-block */
export const sectionBlock = z
  .strictObject({
    type: z.literal('section'),
    ...blockId,
    text: textObject(3000).optional(),
    fields: z.array(textObject(2000)).min(1).max(10).optional(),
    expand: z.boolean().optional(),
    accessory: z.discriminatedUnion('type', [button, overflow, imageElement, ...selects.CHOICES]).optional(),
  })
  .refine((section) => section.text !== undefined || section.fields !== undefined, 'missing required field: text');
