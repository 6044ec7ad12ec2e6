import { APP } from '../app.ts';
import { elementsOf } from '../blocks/validate.ts';
import type { Block, Ephemeral, Message, Person } from '../state.ts';
import { wireMessage } from '../wire.ts';
import type { Workspace } from '../workspace.ts';
import type { Click, Seen } from './seen.ts';
import { inputValue, option, stateOf } from './values.ts';

/** Somebody clicked late: their Slack still showed what the message has no more. */
const GONE = 'The message has changed in the meantime, and what you clicked is gone. Read it again.';

/**
 * Sends a block_actions payload to the app, unless the message no longer has the element. Throws when there is no such
 * message.
 */
export async function click(workspace: Workspace, person: Person, what: Click): Promise<Seen> {
  const channel = workspace.channelFor(person, what.channel);
  const ephemeral = workspace.ephemeral(channel.id, person.id, what.message);
  const message = ephemeral ?? workspace.message(channel.id, what.message);
  if (!message) throw new Error(`there is no message ${what.message} in #${channel.name} that ${person.name} sees`);
  const found = find(message, what);
  if (!found) return { outcome: 'not-sent', text: GONE };
  const { block, element } = found;

  const { team } = workspace.state;
  const result = await workspace.delivery.deliver('interactive', {
    type: 'block_actions',
    user: { id: person.id, username: person.name, name: person.name, team_id: team.id },
    api_app_id: APP.id,
    token: 'legacy-verification-token',
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: ephemeral !== undefined,
      ...(message.threadTs !== undefined && { thread_ts: message.threadTs }),
    },
    trigger_id: workspace.triggers.issue(person.id),
    team: { id: team.id, domain: team.domain },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: channel.id, name: channel.name },
    // Slack sends no copy of an ephemeral message: its container is all that the app gets.
    ...(!ephemeral && { message: wireMessage(message) }),
    state: { values: stateOf(message.blocks ?? [], what.state ?? {}) },
    response_url: workspace.responseUrl({
      kind: 'actions',
      channel: channel.id,
      user: person.id,
      original: { ts: message.ts, ephemeral: ephemeral !== undefined },
    }),
    actions: [{ ...performed(element, what.value), block_id: block.block_id, action_ts: workspace.nextTs() }],
  });
  if (result.acknowledged) return { outcome: 'acknowledged' };
  return {
    outcome: 'failed',
    error: result.error,
    text: 'This button did not work: the app did not respond. Try again.',
  };
}

function find(
  message: Message | Ephemeral,
  { actionId, blockId }: Click,
): { block: Block; element: Block } | undefined {
  for (const block of message.blocks ?? []) {
    if (blockId !== undefined && block.block_id !== blockId) continue;
    const element = elementsOf(block).find(({ action_id }) => action_id === actionId);
    if (element) return { block, element };
  }
  return undefined;
}

/** The entry of `actions` in the payload. */
function performed(element: Block, value: string | undefined): Record<string, unknown> {
  const { type, action_id } = element;
  if (type === 'button') {
    const { text, value: own, style, url, confirm } = element;
    return JSON.parse(JSON.stringify({ type, action_id, text, value: own, style, url, confirm }));
  }
  if (value === undefined) throw new Error(`say which option of "${String(action_id)}" is chosen`);
  if (type === 'overflow') return { type, action_id, selected_option: option(element, value) };
  return { action_id, ...inputValue(element, value), type };
}
