import { COMMANDS } from '../../commands/index.ts';
import { replyMessage } from '../../src/blocks/reply.ts';
import type { Caller, Command } from '../../src/usecases/command.ts';
import type { Reply } from '../../src/usecases/reply.ts';
import { chatbot } from '../../test/support/incident.ts';
import { access } from './incidents.ts';
import { type Exhibit, item } from './item.ts';

/** Under which something that should not happen is to be reported. */
export const REFERENCE = '1772334241409.e4acca15-a55c-4dbc-b617-c4e31a0c951e';

export const callerOf = (user: string): Caller => ({
  user,
  source: 'slack',
  access,
  systems: new Map([['chatbot', chatbot]]),
  commands: COMMANDS,
});

export function commandOf(verb: string): Command {
  const command = COMMANDS.find((candidate) => candidate.verb === verb);
  if (!command) throw new Error(`there is no ${verb}`);
  return command;
}

/** An answer that one person sees. */
export function replyExhibit(
  about: { id: string; title: string; now: string },
  reply: Reply,
  verb?: string,
  code?: string,
): Exhibit {
  const shown = item({ ...about, id: `reply-${about.id}`, kind: 'ephemeral' }, replyMessage(reply));
  return { item: shown, reply, ...(verb ? { verb } : {}), ...(code ? { code } : {}) };
}
