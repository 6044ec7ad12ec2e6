import { z } from 'zod';
import { button, overflow } from './buttons.ts';
import * as selects from './selects.ts';
import { blockId } from './text.ts';

/** https://docs.slack.dev/reference/block-kit/blocks/actions-block */
export const actionsBlock = z.strictObject({
  type: z.literal('actions'),
  ...blockId,
  elements: z
    .array(z.discriminatedUnion('type', [button, overflow, ...selects.CHOICES, selects.datetimepicker]))
    .min(1)
    .max(25),
});
