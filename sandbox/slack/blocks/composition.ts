import { z } from 'zod';
import { bounded, httpUrl, plainText, textObject } from './text.ts';

/** https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object */
export const confirmDialog = z.strictObject({
  title: plainText(100),
  text: textObject(300),
  confirm: plainText(30),
  deny: plainText(30),
  style: z.enum(['primary', 'danger']).optional(),
});

/** https://docs.slack.dev/reference/block-kit/composition-objects/option-object */
export const option = z.strictObject({
  text: plainText(75),
  value: bounded(150),
  description: plainText(75).optional(),
});

/** Options of checkboxes and radio buttons may be mrkdwn. */
export const richOption = z.strictObject({
  text: textObject(75),
  value: bounded(150),
  description: textObject(75).optional(),
});

export const overflowOption = z.strictObject({
  text: plainText(75),
  value: bounded(150),
  description: plainText(75).optional(),
  url: httpUrl(3000).optional(),
});

export const optionGroup = z.strictObject({ label: plainText(75), options: z.array(option).min(1).max(100) });

export const dispatchActionConfig = z.strictObject({
  trigger_actions_on: z.array(z.enum(['on_enter_pressed', 'on_character_entered'])).min(1),
});
