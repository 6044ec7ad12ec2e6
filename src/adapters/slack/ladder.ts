import type { KnownBlock } from '@slack/web-api';
import type { Rung } from '../../blocks/message.ts';
import type { Logger } from '../../log.ts';
import { blocksRefusal, slackError } from './errors.ts';
import { plainText } from './plain-text.ts';

/**
 * Machine milliseconds for which a message stays on a lower rung for a reason of its own, such as its length: it may
 * have become shorter.
 */
const TRIED_AGAIN_AFTER = 60_000;

/** What can be sent, and what instead of its blocks where Slack refuses them. */
export interface Content {
  text: string;
  blocks: KnownBlock[];
  fallbacks?: Rung[];
}

/** Sends content with the richest blocks that Slack takes; one for each workspace, that is for each bot token. */
export interface Ladder {
  /**
   * Calls with each rung from the best down to text alone, until Slack takes one. `message` names a message that is
   * sent again and again. Throws LifeboatError.
   */
  send<T>(content: Content, call: (blocks: KnownBlock[], text: string) => Promise<T>, message?: string): Promise<T>;
  /** A message that was just sent has got this name: what was learned of it counts for its updates. */
  name(content: Content, message: string): void;
}

/**
 * Remembers what Slack refused, as long as this process lives. A kind of block that it does not know is not tried again
 * in any message; a message that is too long, or has something else in it that Slack refuses, starts on a lower rung
 * for a minute. `now` in machine time.
 */
export function createLadder(logger: Logger, now: () => number = Date.now): Ladder {
  const unknownTypes = new Set<string>();
  const lowered = new Map<string, { rung: number; until: number }>();
  const fell = new WeakMap<Content, number>();

  function lower(message: string, rung: number): void {
    for (const [name, { until }] of lowered) if (until <= now()) lowered.delete(name);
    lowered.set(message, { rung, until: now() + TRIED_AGAIN_AFTER });
  }

  function firstRung(rungs: KnownBlock[][], message: string | undefined): number {
    const known = message === undefined ? undefined : lowered.get(message);
    const start = known && known.until > now() ? known.rung : 0;
    const found = rungs.findIndex(
      (blocks, index) => index >= start && !typesOf(blocks).some((type) => unknownTypes.has(type)),
    );
    return found < 0 ? rungs.length - 1 : found;
  }

  function learn(
    refused: KnownBlock[],
    accepted: KnownBlock[],
    refusal: NonNullable<ReturnType<typeof blocksRefusal>>,
  ) {
    const types = new Set(refusal.unknownTypes);
    // Slack does not always say what it disliked: what the accepted rung does without is what it was.
    if (refusal.code === 'invalid_blocks' && accepted.length > 0) {
      const taken = typesOf(accepted);
      for (const type of typesOf(refused)) if (!taken.includes(type)) types.add(type);
    }
    for (const type of types) {
      if (unknownTypes.has(type)) continue;
      unknownTypes.add(type);
      logger.warn({ type }, 'Slack refuses this kind of block here, it is left out until the next start');
    }
    return types.size > 0;
  }

  return {
    async send(content, call, message) {
      const rungs = [content.blocks, ...(content.fallbacks ?? []).map(({ blocks }) => blocks), []];
      const refusals: { rung: number; refusal: NonNullable<ReturnType<typeof blocksRefusal>> }[] = [];
      for (let rung = firstRung(rungs, message); ; rung += 1) {
        const blocks = rungs[rung] ?? [];
        try {
          const answer = await call(blocks, blocks.length > 0 ? content.text : plainText(content));
          // Each refusal is judged, the last one too: what is a kind of block that is unknown lowers no single message.
          const generally = refusals.map(({ rung: of, refusal }) => learn(rungs[of] ?? [], blocks, refusal));
          if (generally.some((known) => !known)) {
            fell.set(content, rung);
            if (message !== undefined) lower(message, rung);
          }
          return answer;
        } catch (error) {
          const refusal = blocksRefusal(error);
          if (!refusal || blocks.length === 0) throw slackError(error);
          refusals.push({ rung, refusal });
          logger.warn({ code: refusal.code, said: refusal.said, message }, 'Slack refused the blocks of a message');
        }
      }
    },
    name(content, message) {
      const rung = fell.get(content);
      if (rung !== undefined) lower(message, rung);
    },
  };
}

function typesOf(blocks: KnownBlock[]): string[] {
  return [...new Set(blocks.map(({ type }) => type))];
}
