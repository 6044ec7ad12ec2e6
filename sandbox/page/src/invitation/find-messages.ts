import type { Snapshot } from '../../../control/wire.ts';
import type { Message } from '../../../slack/state.ts';

/** The bot's message with this key (`slack/board/INC-1`, `slack/plan/INC-1.p1`), the newest where there are several. Pure. */
export function findByKey(messages: Snapshot['messages'], key: string): Message | undefined {
  return Object.values(messages)
    .flat()
    .filter(({ metadata }) => metadata?.event_payload.key === key)
    .reduce<Message | undefined>((newest, one) => (newest && newest.ts > one.ts ? newest : one), undefined);
}
