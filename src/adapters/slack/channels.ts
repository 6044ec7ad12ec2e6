import type { WebClient } from '@slack/web-api';
import { Permanent } from '../../domain/errors.ts';
import { slackError } from './errors.ts';

/** Ids of channels by name: posting takes a name, reading and changing want the id. */
export function createChannels(client: WebClient) {
  const known = new Map<string, string>();

  async function lookUp(name: string): Promise<string> {
    let cursor: string | undefined;
    do {
      const page = await client.conversations
        .list({ types: 'public_channel', exclude_archived: true, limit: 999, ...(cursor ? { cursor } : {}) })
        .catch((error: unknown) => {
          throw slackError(error);
        });
      for (const { id, name: found } of page.channels ?? []) if (id && found) known.set(found, id);
      cursor = page.response_metadata?.next_cursor;
    } while (cursor && !known.has(name));
    const id = known.get(name);
    if (id) return id;
    throw new Permanent(
      'slack.channel-unknown',
      `Slack has no public channel #${name}. Create it, or set INCIDENT_CHANNEL.`,
    );
  }

  return {
    /** The id of a channel that may be given by name; throws Permanent when there is no such public channel. */
    async id(channel: string): Promise<string> {
      if (/^[CDG][A-Z0-9]{5,}$/.test(channel)) return channel;
      const name = channel.replace(/^#/, '');
      return known.get(name) ?? lookUp(name);
    },
    learn(channel: string, id: string): void {
      known.set(channel.replace(/^#/, ''), id);
    },
  };
}
