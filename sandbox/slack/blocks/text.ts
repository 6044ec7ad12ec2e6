import { z } from 'zod';

/** A string with Slack's bounds on its length. */
export const bounded = (max: number, min = 1) => z.string().min(min).max(max);

export const plainText = (max: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: bounded(max), emoji: z.boolean().optional() });

const mrkdwn = (max: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: bounded(max), verbatim: z.boolean().optional() });

/** Either kind of text object. */
export const textObject = (max: number) => z.discriminatedUnion('type', [plainText(max), mrkdwn(max)]);

/** Every block and every element may carry an identifier of its own. */
export const blockId = { block_id: z.string().max(255).optional() };
export const actionId = { action_id: z.string().max(255).optional() };

export const httpUrl = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^https?:\/\//, 'must be a valid URL');
