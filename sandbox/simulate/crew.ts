import type { Cast } from '../people.ts';
import type { Message } from '../slack/state.ts';
import type { Workspace } from '../slack/workspace.ts';
import { latency } from '../world/random.ts';
import type { World } from '../world/world.ts';

/** World seconds that a person needs to read and click. */
const REACTION = [20, 60] as const;

/** The people of a simulation: they type and click through the Slack wire, as slowly as people do. */
export interface Crew {
  /** World milliseconds that this reaction takes, a function of the seed and what it is a reaction to. */
  reaction(to: string): number;
  command(who: keyof Cast, line: string): Promise<void>;
  /** Presses the button `dr:<verb>:…` whose value is `args`; false when no message shows it. */
  press(who: keyof Cast, verb: string, args: string): Promise<boolean>;
}

export function createCrew(world: World, workspace: Workspace, cast: Cast, channel: string): Crew {
  return {
    reaction: (to) => latency(REACTION, world.state.seed, 'reaction', to),
    async command(who, line) {
      const seen = await workspace.command(cast[who].id, channel, line);
      if (seen.outcome === 'failed') throw new Error(`Slack answered "${line}" with ${seen.text}`);
    },
    async press(who, verb, args) {
      const messages = workspace.messages(workspace.channel(channel).id);
      for (const message of messages.toReversed()) {
        const button = findButton(message, verb, args);
        if (!button) continue;
        const seen = await workspace.click(cast[who].id, { channel, message: message.ts, ...button });
        if (seen.outcome === 'failed') throw new Error(`Slack answered a click on ${verb} with ${seen.text}`);
        return seen.outcome === 'acknowledged';
      }
      return false;
    },
  };
}

/** The button with this verb and value in a message's blocks. */
function findButton(message: Message, verb: string, args: string): { actionId: string; blockId?: string } | undefined {
  for (const block of message.blocks ?? []) {
    const elements = Array.isArray(block.elements) ? (block.elements as Record<string, unknown>[]) : [];
    for (const element of elements) {
      const actionId = typeof element.action_id === 'string' ? element.action_id : '';
      if (element.type !== 'button' || element.value !== args || actionId.split(':')[1] !== verb) continue;
      return { actionId, ...(block.block_id === undefined ? {} : { blockId: block.block_id }) };
    }
  }
  return undefined;
}
