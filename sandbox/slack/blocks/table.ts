import { z } from 'zod';
import { richTextBlock } from './rich-text.ts';
import { blockId } from './text.ts';

const cell = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('raw_text'), text: z.string().min(1) }),
  z.strictObject({ type: z.literal('raw_number'), value: z.number(), text: z.string().min(1) }),
  richTextBlock,
]);

/** Of the text in all cells of a table together. */
const MOST_CHARACTERS_IN_CELLS = 10_000;

/** https://docs.slack.dev/reference/block-kit/blocks/table-block; Slack takes one table a message. */
export const tableBlock = z.strictObject({
  type: z.literal('table'),
  ...blockId,
  rows: z
    .array(z.array(cell).min(1).max(20))
    .min(1)
    .max(100)
    .refine(
      (rows) => textLength(rows) <= MOST_CHARACTERS_IN_CELLS,
      `no more than ${MOST_CHARACTERS_IN_CELLS} characters allowed in all cells`,
    ),
  column_settings: z
    .array(
      z
        .strictObject({ align: z.enum(['left', 'center', 'right']).optional(), is_wrapped: z.boolean().optional() })
        .nullable(),
    )
    .max(20)
    .optional(),
});

/** Characters of every `text` in it, however deep. */
function textLength(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, part]) => sum + (key === 'text' && typeof part === 'string' ? part.length : textLength(part)),
    0,
  );
}
