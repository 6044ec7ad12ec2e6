import { z } from 'zod';
import { ClockAnchor, type WorldClock } from './domain/clock.ts';
import type { Logger } from './log.ts';

/** By which a supervisor tells that the speed of the world has changed, over the IPC channel that it opened. */
export const ClockMessage = z.strictObject({ type: z.literal('clock'), anchor: ClockAnchor });
export type ClockMessage = z.infer<typeof ClockMessage>;

/**
 * Lets `clock` follow what the supervisor said. Everything else that comes over the channel is ignored and logged, and
 * so is a clock where `clock` is undefined: nobody sets the time of a process that was started with real time.
 */
export function receiveMessage(message: unknown, clock: WorldClock | undefined, logger: Logger): void {
  const parsed = ClockMessage.safeParse(message);
  if (!parsed.success || !clock) {
    logger.warn(
      { reason: clock ? 'not understood' : 'LIFEBOAT_CLOCK is not set' },
      'Message of the supervisor ignored',
    );
    return;
  }
  const { anchor } = parsed.data;
  clock.follow(anchor);
  logger.info({ speed: anchor.speed }, 'The speed of the world has changed');
}
