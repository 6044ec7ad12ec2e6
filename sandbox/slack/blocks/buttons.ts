import { z } from 'zod';
import { confirmDialog, overflowOption } from './composition.ts';
import { actionId, httpUrl, plainText } from './text.ts';

/** https://docs.slack.dev/reference/block-kit/block-elements/button-element */
export const button = z.strictObject({
  type: z.literal('button'),
  ...actionId,
  text: plainText(75),
  url: httpUrl(3000).optional(),
  value: z.string().max(2000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  confirm: confirmDialog.optional(),
  accessibility_label: z.string().max(75).optional(),
});

/** https://docs.slack.dev/reference/block-kit/block-elements/overflow-menu-element */
export const overflow = z.strictObject({
  type: z.literal('overflow'),
  ...actionId,
  options: z.array(overflowOption).min(1).max(5),
  confirm: confirmDialog.optional(),
});

export const imageElement = z
  .strictObject({
    type: z.literal('image'),
    image_url: httpUrl(3000).optional(),
    slack_file: z.strictObject({ id: z.string().optional(), url: z.string().optional() }).optional(),
    alt_text: z.string().min(1).max(2000),
  })
  .refine(
    (image) => image.image_url !== undefined || image.slack_file !== undefined,
    'missing required field: image_url',
  );
