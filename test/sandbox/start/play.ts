import type { Snapshot } from '../../../sandbox/control/wire.ts';
import type { Block, Message } from '../../../sandbox/slack/state.ts';

/** Machine milliseconds between two looks, and after which a condition is not waited for any longer. */
const LOOK = 100;
const PATIENCE = 90_000;

/** Everything that is to be seen at this address just now. */
export async function look(url: string): Promise<Snapshot> {
  const response = await fetch(`${url}state`);
  if (!response.ok) throw new Error(`the sandbox answers ${response.status}: ${await response.text()}`);
  return (await response.json()) as Snapshot;
}

/** The first snapshot in which `find` finds something, and what it found; throws after 90 s. */
export async function until<T>(
  url: string,
  find: (snapshot: Snapshot) => T | undefined | false,
): Promise<{ found: T; snapshot: Snapshot }> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const snapshot = await look(url);
    const found = find(snapshot);
    if (found !== undefined && found !== false) return { found, snapshot };
    if (Date.now() > deadline) {
      const said = channel(snapshot).map(({ text }) => text);
      throw new Error(`waited in vain for ${String(find)}; in #incident-response is ${JSON.stringify(said)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}

/** Does what a button of the page does; throws what the page would show. */
export async function send(url: string, path: string, body: object): Promise<void> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`POST /${path}: ${await response.text()}`);
}

/** Presses the newest button with this label in #incident-response, as soon as there is one. */
export async function press(url: string, as: string, label: string): Promise<void> {
  const { found } = await until(url, (snapshot) =>
    channel(snapshot)
      .toReversed()
      .flatMap((message) => buttons(message).map((button) => ({ message, button })))
      .find(({ button }) => button.label === label),
  );
  const { message, button } = found;
  await send(url, 'click', {
    as,
    message: message.ts,
    channel: message.channel,
    action: button.action,
    value: button.value,
  });
}

/** What is said in #incident-response, oldest first. */
export function channel({ channels, messages }: Snapshot): Message[] {
  const id = channels.find(({ name }) => name === 'incident-response')?.id ?? '';
  return messages[id] ?? [];
}

function buttons({ blocks = [] }: Message): { label: string; action: string; value: string }[] {
  return blocks
    .flatMap((block) => (Array.isArray(block.elements) ? (block.elements as Block[]) : []))
    .filter(({ type }) => type === 'button')
    .map(({ text, action_id, value }) => ({
      label: (text as { text: string }).text,
      action: String(action_id),
      value: String(value),
    }));
}
