import { z } from 'zod';
import { imageElement } from './buttons.ts';
import { blockId, bounded, httpUrl, plainText, textObject } from './text.ts';

/** https://docs.slack.dev/reference/block-kit/blocks/header-block */
export const headerBlock = z.strictObject({
  type: z.literal('header'),
  ...blockId,
  text: plainText(150),
  level: z.int().min(1).max(4).optional(),
});

/** https://docs.slack.dev/reference/block-kit/blocks/context-block */
export const contextBlock = z.strictObject({
  type: z.literal('context'),
  ...blockId,
  elements: z
    .array(z.discriminatedUnion('type', [imageElement, ...textObject(3000).options]))
    .min(1)
    .max(10),
});

export const dividerBlock = z.strictObject({ type: z.literal('divider'), ...blockId });

/** https://docs.slack.dev/reference/block-kit/blocks/image-block */
export const imageBlock = z
  .strictObject({
    type: z.literal('image'),
    ...blockId,
    image_url: httpUrl(3000).optional(),
    slack_file: z.strictObject({ id: z.string().optional(), url: z.string().optional() }).optional(),
    alt_text: bounded(2000),
    title: plainText(2000).optional(),
  })
  .refine(
    (image) => image.image_url !== undefined || image.slack_file !== undefined,
    'missing required field: image_url',
  );

export const MOST_MARKDOWN = 12_000;

/** https://docs.slack.dev/reference/block-kit/blocks/markdown-block; the limit is also that of all of them together. */
export const markdownBlock = z.strictObject({ type: z.literal('markdown'), ...blockId, text: bounded(MOST_MARKDOWN) });

/** Modals only: https://docs.slack.dev/reference/block-kit/blocks/alert-block */
export const alertBlock = z.strictObject({
  type: z.literal('alert'),
  ...blockId,
  text: textObject(200),
  level: z.enum(['default', 'info', 'warning', 'error', 'success']).optional(),
});
