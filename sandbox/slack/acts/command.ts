import { APP, SLACKBOT } from '../app.ts';
import { validateBlocks } from '../blocks/validate.ts';
import type { Channel, Person } from '../state.ts';
import { typedText } from '../typed-text.ts';
import type { Workspace } from '../workspace.ts';
import type { Seen } from './seen.ts';

const FAILURES = {
  dispatch_failed: (command: string) => `${command} failed with the error "dispatch_failed"`,
  operation_timeout: (command: string) => `${command} failed because the app did not respond`,
};

/** Sends a slash command to the app, and shows what came back within three seconds. */
export async function command(workspace: Workspace, person: Person, channel: Channel, line: string): Promise<Seen> {
  const match = /^(\/\S+)\s*([\s\S]*)$/.exec(line.trim());
  const name = match?.[1];
  if (name === undefined) throw new Error(`"${line}" is not a slash command; it begins with a slash, like /dr`);
  if (!APP.commands.some((known) => known === name)) {
    return {
      outcome: 'not-sent',
      text: `${name} is not a valid command. This workspace has ${APP.commands.join(', ')}.`,
    };
  }
  const { team } = workspace.state;
  const result = await workspace.delivery.deliver('slash_commands', {
    token: 'legacy-verification-token',
    team_id: team.id,
    team_domain: team.domain,
    channel_id: channel.id,
    channel_name: channel.name,
    user_id: person.id,
    user_name: person.name,
    command: name,
    text: typedText(match?.[2] ?? '', workspace.state.people, workspace.state.channels, { named: true }),
    api_app_id: APP.id,
    is_enterprise_install: 'false',
    response_url: workspace.responseUrl({ kind: 'commands', channel: channel.id, user: person.id }),
    trigger_id: workspace.triggers.issue(person.id),
  });
  const fail = (error: string, text: string): Seen => {
    workspace.whisper({ channel: channel.id, to: person.id, user: SLACKBOT, text });
    return { outcome: 'failed', error, text };
  };
  if (!result.acknowledged) return fail(result.error, FAILURES[result.error](name));

  const { text, blocks, response_type } = result.body;
  if (typeof text !== 'string' && blocks === undefined) return { outcome: 'acknowledged' };
  const verdict = blocks === undefined ? undefined : validateBlocks(blocks, 'message');
  if (verdict && !verdict.ok) return fail(verdict.error, `${name} failed with the error "${verdict.error}"`);
  const draft = {
    channel: channel.id,
    user: APP.botUserId,
    botId: APP.botId,
    text: typeof text === 'string' ? text : '',
    ...(verdict && { blocks: verdict.blocks }),
  };
  const message =
    response_type === 'in_channel' ? workspace.post(draft) : workspace.whisper({ ...draft, to: person.id });
  return { outcome: 'acknowledged', message };
}
