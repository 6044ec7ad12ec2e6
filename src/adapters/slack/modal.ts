import type { ModalView } from '@slack/web-api';
import { z } from 'zod';
import { cut } from '../../blocks/message.ts';
import type { Command } from '../../usecases/command.ts';

/** What a modal carries from the button to its submission; Slack allows 3,000 characters. */
const Carried = z.object({
  value: z.string(),
  channel: z.string(),
  replyTo: z.string().optional(),
});
export type Carried = z.infer<typeof Carried>;

/** The id of the one input, as block and as action. */
const INPUT = 'answer';
/** Slack: at most 24 characters for the title and the buttons, 150 for a placeholder. */
const SHORT = 24;
/** Slack: characters of the label of an input. */
const LONGEST_LABEL = 2000;

export const MODAL = /^dr:[a-z]+$/;

/** The modal that asks for what a button did not bring. */
export function modalFor(command: Command & { form: NonNullable<Command['form']> }, carried: Carried): ModalView {
  const { verb, form } = command;
  const plain = (text: string) => ({ type: 'plain_text' as const, text });
  return {
    type: 'modal',
    callback_id: `dr:${verb}`,
    private_metadata: JSON.stringify(carried),
    title: plain(form.title.slice(0, SHORT)),
    submit: plain(form.submit.slice(0, SHORT)),
    close: plain('Cancel'),
    blocks: [
      {
        type: 'section',
        text: plain(cut(`/dr ${verb} ${carried.value}\n${form.consequence}`, 3000)),
      },
      {
        type: 'input',
        block_id: INPUT,
        label: plain(cut(form.label, LONGEST_LABEL)),
        element: {
          type: 'plain_text_input',
          action_id: INPUT,
          multiline: form.oneLine !== true,
          max_length: 500,
          placeholder: plain(cut(form.placeholder, 150)),
          focus_on_load: true,
        },
      },
    ],
  };
}

/** What was typed into it, without blanks around it. */
export function typedInto(values: Record<string, Record<string, { value?: string | null }>>): string {
  return (values[INPUT]?.[INPUT]?.value ?? '').trim();
}

export function readCarried(metadata: string): Carried {
  return Carried.parse(JSON.parse(metadata));
}

/** Slack shows these beside the input. */
export function emptyInput(label: string): Record<string, string> {
  return { [INPUT]: `${label} This cannot be left empty.` };
}
