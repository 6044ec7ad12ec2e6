import { COMMANDS } from '../../commands/index.ts';
import { modalFor } from '../../src/adapters/slack/modal.ts';
import type { Command } from '../../src/usecases/command.ts';
import { asBlocks, type Exhibit, type ExhibitGroup } from './item.ts';
import { RUN } from './story.ts';

/** What each form is opened for; a command with a form that has no entry here breaks the gallery. */
const OPENED: Record<string, { value: string; now: string }> = {
  skip: { value: `${RUN} promote`, now: 'Say why the step may be left out, or cancel.' },
};

export function modalGroups(): ExhibitGroup[] {
  return [{ title: 'Dialogs', exhibits: COMMANDS.filter(hasForm).map(exhibit) }];
}

type WithForm = Command & { form: NonNullable<Command['form']> };

function hasForm(command: Command): command is WithForm {
  return command.form !== undefined;
}

function exhibit(command: WithForm): Exhibit {
  const opened = OPENED[command.verb];
  if (!opened) throw new Error(`the gallery does not say what the form of ${command.verb} is opened for`);
  const view = modalFor(command, { value: opened.value, channel: 'C0INCIDENTRESPONSE' });
  return {
    verb: command.verb,
    item: {
      id: `modal-${command.verb}`,
      title: `${view.title.text} (${view.submit?.text}, ${view.close?.text})`,
      now: opened.now,
      kind: 'modal',
      message: { text: view.title.text, blocks: asBlocks(view.blocks) },
    },
  };
}
