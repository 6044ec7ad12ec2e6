import { COMMANDS } from '../../commands/index.ts';
import { emptyInput, modalFor } from '../../src/adapters/slack/modal.ts';
import type { Command, Form } from '../../src/usecases/command.ts';
import { asBlocks, type Exhibit, type ExhibitGroup } from './item.ts';
import { RUN } from './story.ts';

/** What each form is opened for; a command with a form that has no entry here breaks the gallery. */
const OPENED: Record<string, { value: string; now: string; says?: Partial<Form> }> = {
  answer: {
    value: `${RUN} since`,
    now: 'Say since when, or cancel.',
    says: { label: 'Since when is the data wrong, in UTC?', placeholder: 'For example 2026-03-01T03:00:00Z' },
  },
  emergency: { value: RUN, now: 'Say why it cannot wait, or cancel.' },
  override: { value: 'INC-1.p1 loss', now: 'Say why it may be passed, or cancel.' },
  release: { value: `${RUN}/unfenced`, now: 'Say why nobody has to look any more, or cancel.' },
  skip: { value: `${RUN} promote`, now: 'Say why the step may be left out, or cancel.' },
};

export function modalGroups(): ExhibitGroup[] {
  const commands = COMMANDS.filter(hasForm);
  return [{ title: 'Dialogs', exhibits: commands.flatMap((command) => [exhibit(command), leftEmpty(command)]) }];
}

type WithForm = Command & { form: Form };

function hasForm(command: Command): command is WithForm {
  return command.form !== undefined;
}

function exhibit(command: WithForm): Exhibit {
  const opened = OPENED[command.verb];
  if (!opened) throw new Error(`the gallery does not say what the form of ${command.verb} is opened for`);
  const view = modalFor(
    { ...command, form: { ...command.form, ...opened.says } },
    { value: opened.value, channel: 'C0INCIDENTRESPONSE' },
  );
  return {
    verb: command.verb,
    item: {
      id: `modal-${command.verb}`,
      title: form(command),
      now: opened.now,
      kind: 'modal',
      message: { text: view.title.text, blocks: asBlocks(view.blocks) },
      modal: { submit: view.submit?.text ?? '', close: view.close?.text ?? '' },
    },
  };
}

/** Submitted without a word in it. */
function leftEmpty(command: WithForm): Exhibit {
  const { item, ...rest } = exhibit(command);
  const errors = emptyInput(command.form.label);
  return {
    ...rest,
    item: {
      ...item,
      id: `${item.id}-empty`,
      title: `${form(command)}, left empty`,
      now: command.verb === 'answer' ? 'Type an answer, or cancel.' : 'Type a reason, or cancel.',
      modal: { submit: '', close: '', ...item.modal, errors },
    },
  };
}

const form = ({ verb }: WithForm) => `The form of /dr ${verb}`;
