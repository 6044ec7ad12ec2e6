import type { App, BlockElementAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { replyMessage } from '../../blocks/reply.ts';
import { describeError } from '../../domain/errors.ts';
import { quoteWord } from '../../domain/quote-word.ts';
import type { Logger } from '../../log.ts';
import { sortWords, splitLine } from '../../usecases/arguments.ts';
import type { Command, Form } from '../../usecases/command.ts';
import type { Dispatcher, IncomingRequest } from '../../usecases/dispatch.ts';
import { dialogDidNotOpen } from '../../usecases/problems.ts';
import type { Reply } from '../../usecases/reply.ts';
import { emptyInput, MODAL, modalFor, readCarried, typedInto } from './modal.ts';
import type { ReplyAddress } from './replies.ts';
import { typedText } from './typed-text.ts';

export interface ListenerParts {
  dispatcher: Dispatcher;
  /** The interactive client: a modal must open within three seconds of the click. */
  client: WebClient;
  reply: (address: ReplyAddress, reply: Reply) => Promise<void>;
  logger: Logger;
}

/** Buttons: `dr:<verb>`, and anything after another colon that makes the id unique in its message. */
const BUTTON = /^dr:([a-z]+)(?::|$)/;

/** `/dr`: recorded, then acknowledged with the first answer in the acknowledgement itself. */
export function listenToCommand(app: App, { dispatcher }: ListenerParts): void {
  app.command('/dr', async ({ command, ack, context }) => {
    const { acknowledgement } = await dispatcher.receive({
      id: command.trigger_id || String(context.envelopeId ?? ''),
      source: 'slack',
      text: typedText(command.text),
      user: command.user_id,
      channel: command.channel_id,
      replyTo: command.response_url,
    });
    if (acknowledgement) await ack({ response_type: 'ephemeral', ...replyMessage(acknowledgement) });
    else await ack();
  });
}

/** Buttons in any message of ours: recorded, acknowledged, answered to the one who clicked. */
export function listenToButtons(app: App, parts: ListenerParts): void {
  const { dispatcher, logger } = parts;
  app.action({ type: 'block_actions', action_id: BUTTON }, async ({ action, body, ack, context }) => {
    const verb = BUTTON.exec(action.action_id)?.[1] ?? '';
    const value = argumentsOf(action);
    const request: IncomingRequest = {
      id: body.trigger_id || String(context.envelopeId ?? ''),
      source: 'slack',
      verb,
      text: value,
      user: body.user.id,
      channel: body.channel?.id ?? body.container?.channel_id ?? '',
      ...(body.response_url ? { replyTo: body.response_url } : {}),
    };
    const command = dispatcher.commands.find((candidate) => candidate.verb === verb);
    if (command && lacksInput(command, value)) {
      await Promise.all([ack(), ask(parts, command, request, body.trigger_id)]);
      return;
    }
    const { acknowledgement } = await dispatcher.receive(request);
    await ack();
    if (acknowledgement) await answer(parts, request, acknowledgement);
    logger.debug({ request: request.id, verb }, 'Button received');
  });
}

/** What was typed into a modal goes the way of the button that opened it. */
export function listenToModals(app: App, parts: ListenerParts): void {
  const { dispatcher } = parts;
  app.view({ type: 'view_submission', callback_id: MODAL }, async ({ view, body, ack, context }) => {
    const verb = view.callback_id.replace(/^dr:/, '');
    const command = dispatcher.commands.find((candidate) => candidate.verb === verb);
    const typed = typedInto(view.state.values);
    if (!command?.form || typed === '') {
      await ack({ response_action: 'errors', errors: emptyInput(command?.form?.label ?? '') });
      return;
    }
    const { value, channel, replyTo } = readCarried(view.private_metadata);
    const request: IncomingRequest = {
      id: ('trigger_id' in body && body.trigger_id) || String(context.envelopeId ?? view.id),
      source: 'slack',
      verb,
      text: filledIn({ ...command, form: command.form }, value, typed),
      user: body.user.id,
      channel,
      ...(replyTo === undefined ? {} : { replyTo }),
    };
    const { acknowledgement } = await dispatcher.receive(request);
    await ack();
    if (acknowledgement) await answer(parts, request, acknowledgement);
  });
}

/** Opens the modal at once; somebody who may not use the verb is told so instead of being asked. */
async function ask(
  parts: ListenerParts,
  command: Command & { form: Form },
  request: IncomingRequest,
  trigger: string,
): Promise<void> {
  const { dispatcher, client, logger } = parts;
  const value = typeof request.text === 'string' ? request.text : '';
  const filled = { ...request, text: filledIn(command, value, 'x') };
  const refusal = dispatcher.refusal(filled);
  if (refusal) return answer(parts, request, refusal);
  const form = (await dispatcher.formFor(filled)) ?? command.form;
  const carried = { value, channel: request.channel, ...(request.replyTo ? { replyTo: request.replyTo } : {}) };
  try {
    await client.views.open({ trigger_id: trigger, view: modalFor({ ...command, form }, carried) });
  } catch (error) {
    logger.warn({ request: request.id, verb: command.verb, reason: describeError(error) }, 'Dialog did not open');
    await answer(parts, request, dialogDidNotOpen(command));
  }
}

async function answer({ reply, logger }: ListenerParts, request: IncomingRequest, what: Reply): Promise<void> {
  try {
    await reply(request, what);
  } catch (error) {
    logger.warn({ request: request.id, reason: describeError(error) }, 'Reply not delivered');
  }
}

/** The arguments of a button; of a menu, its id brings the first ones and the chosen option the last. */
function argumentsOf(action: BlockElementAction): string {
  if (action.type === 'static_select') {
    const first = action.action_id.replace(BUTTON, '');
    return `${first} ${quoteWord(action.selected_option.value)}`;
  }
  return 'value' in action && typeof action.value === 'string' ? action.value : '';
}

/** The words of a button with what was typed for it. */
function filledIn({ form, grammar }: Command & { form: Form }, value: string, typed: string): string[] {
  const words = splitLine(value);
  return form.argument === grammar.rest ? [...words, '--', typed] : [...words, `--${form.argument}=${typed}`];
}

function lacksInput(command: Command, value: string): command is Command & { form: Form } {
  if (!command.form) return false;
  try {
    const given = sortWords(splitLine(value), command.grammar, command.usage);
    return !(command.form.argument in given || (command.form.unless ?? '') in given);
  } catch {
    return false;
  }
}
