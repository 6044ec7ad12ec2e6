import type { Workspace } from './workspace.ts';

/**
 * The `ts` under which a reply to the message `ts` is kept: a reply to a reply joins the thread of the first message,
 * which from then on counts as one. Undefined when there is no such message.
 */
export function joinThread(workspace: Workspace, channel: string, ts: string): string | undefined {
  const message = workspace.message(channel, ts);
  if (!message) return undefined;
  const root = message.threadTs ?? message.ts;
  const first = workspace.message(channel, root);
  if (first && first.threadTs === undefined) first.threadTs = first.ts;
  return root;
}
