import type { z } from 'zod';
import type { button, imageElement, overflow } from '../../../slack/blocks/buttons.ts';
import type { confirmDialog } from '../../../slack/blocks/composition.ts';
import type { emailInput, inputBlock, numberInput, plainTextInput, urlInput } from '../../../slack/blocks/inputs.ts';
import type { planBlock, taskCardBlock } from '../../../slack/blocks/plan.ts';
import type { richTextBlock } from '../../../slack/blocks/rich-text.ts';
import type { messageBlocks, modalBlocks } from '../../../slack/blocks/schemas.ts';
import type { sectionBlock } from '../../../slack/blocks/section.ts';
import type * as selects from '../../../slack/blocks/selects.ts';
import type { textObject } from '../../../slack/blocks/text.ts';

/** What the simulated Slack accepts is what is drawn: the types are those of its validator. */
export type KnownBlock = z.infer<typeof messageBlocks>[number] | z.infer<typeof modalBlocks>[number];
export type BlockOf<Type extends KnownBlock['type']> = Extract<KnownBlock, { type: Type }>;

export type TextObject = z.infer<ReturnType<typeof textObject>>;
export type ConfirmDialog = z.infer<typeof confirmDialog>;

export type Section = z.infer<typeof sectionBlock>;
export type Input = z.infer<typeof inputBlock>;
export type RichText = z.infer<typeof richTextBlock>;
export type Plan = z.infer<typeof planBlock>;
export type TaskCard = z.infer<typeof taskCardBlock>;

export type Button = z.infer<typeof button>;
export type Overflow = z.infer<typeof overflow>;
export type ImageElement = z.infer<typeof imageElement>;
export type Select =
  | z.infer<typeof selects.staticSelect>
  | z.infer<typeof selects.usersSelect>
  | z.infer<typeof selects.conversationsSelect>
  | z.infer<typeof selects.channelsSelect>;
export type MultiSelect =
  | z.infer<typeof selects.multiStaticSelect>
  | z.infer<typeof selects.multiUsersSelect>
  | z.infer<typeof selects.multiConversationsSelect>
  | z.infer<typeof selects.multiChannelsSelect>;
export type Choices = z.infer<typeof selects.checkboxes> | z.infer<typeof selects.radioButtons>;
export type DateOrTime =
  | z.infer<typeof selects.datepicker>
  | z.infer<typeof selects.timepicker>
  | z.infer<typeof selects.datetimepicker>;
export type TextInput =
  | z.infer<typeof plainTextInput>
  | z.infer<typeof numberInput>
  | z.infer<typeof emailInput>
  | z.infer<typeof urlInput>;

/** What a person may press, choose or fill in. */
export type Element = Button | Overflow | Select | MultiSelect | Choices | DateOrTime | TextInput;
