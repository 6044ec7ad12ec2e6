import { APP } from '../app.ts';
import type { Channel, Message, Person } from '../state.ts';
import { joinThread } from '../threads.ts';
import { typedText } from '../typed-text.ts';
import type { Workspace } from '../workspace.ts';

/** Slack cuts what is longer; a person is better told. */
const LONGEST_TEXT = 40_000;

/**
 * Posts what a person typed. The app hears nothing of it, as in a real workspace: its manifest subscribes to no events.
 * Throws, in a sentence, when there is nothing to post, or when it is a slash command.
 */
export function say(workspace: Workspace, person: Person, channel: Channel, line: string, threadTs?: string): Message {
  const text = line.trim();
  if (text === '') throw new Error('there is nothing to send; write something first');
  if (text.length > LONGEST_TEXT) {
    throw new Error(`the message is too long: ${text.length} characters, and Slack takes ${LONGEST_TEXT}`);
  }
  // Behind a space it is none: that is how people send it as a message.
  const command = /^\/\S+/.exec(line)?.[0];
  if (command !== undefined) {
    throw new Error(
      threadTs === undefined
        ? `${command} is a slash command, and commands are not posted as messages`
        : `${command} is not supported in threads. Sorry!`,
    );
  }
  const root = threadTs === undefined ? undefined : joinThread(workspace, channel.id, threadTs);
  if (threadTs !== undefined && root === undefined) throw new Error('the message that you reply to is gone');
  return workspace.post({
    channel: channel.id,
    user: person.id,
    text: typedText(text, [...workspace.state.people, { id: APP.botUserId, name: APP.name }], workspace.state.channels),
    ...(root !== undefined && { threadTs: root }),
  });
}
