import { formatSeconds } from '../../../../src/domain/format-seconds.ts';
import type { PlanPicture, RecoveryPicture, Snapshot } from '../../../control/wire.ts';
import type { Person } from '../../../slack/state.ts';
import { findByKey } from './find-messages.ts';

/** What the invitation's button leads to. */
export type Offer =
  | { does: 'show the switches'; label: string }
  /** Puts text into the composer of the incident channel, as this person where one is named. */
  | { does: 'write'; label: string; text: string; as?: string }
  /** Shows a message, as this person where one is named. */
  | { does: 'show a message'; label: string; channel: string; ts: string; as?: string }
  | { does: 'reset'; label: string };

export interface NextStep {
  /** 1 to 4: which part of the invitation it belongs to; 5: all of them are done. */
  part: 1 | 2 | 3 | 4 | 5;
  /** The one next thing, in a sentence. */
  sentence: string;
  offer?: Offer;
  /** Nothing is to be done but to watch: a thin line is enough. */
  quiet: boolean;
}

export type Told = Pick<Snapshot, 'faults' | 'people' | 'messages' | 'system' | 'recovery' | 'clock'> & {
  /** A database that takes writes, and that nobody should write to any more. */
  unfenced?: string;
};

/** The old primary is back: what the board warned of has come true, for the seconds that its watch needs. */
export function splitBrain({ unfenced }: Told): string {
  return unfenced === undefined
    ? ''
    : `${unfenced} is back and takes writes too: its watch fences it within seconds, unless somebody released that. `;
}

export function recoveryTime({ recoveredAt = 0, detectedAt }: RecoveryPicture): string {
  return formatSeconds((recoveredAt - detectedAt) / 1000);
}

export function showBoard({ messages }: Told, incident: string, label: string, as?: Person): { offer?: Offer } {
  return showMessage(messages, `slack/board/${incident}`, label, as);
}

export function showPlan({ messages }: Told, { id }: PlanPicture, label: string, as?: Person): { offer?: Offer } {
  return showMessage(messages, `slack/plan/${id}`, label, as);
}

/** No offer as long as the message was not posted. */
function showMessage(
  messages: Told['messages'],
  key: string,
  label: string,
  as: Person | undefined,
): { offer?: Offer } {
  const message = findByKey(messages, key);
  if (!message) return {};
  const { channel, ts } = message;
  return { offer: { does: 'show a message', label, channel, ts, ...(as && { as: as.id }) } };
}

export function named(people: Person[], role: string): Person | undefined {
  return people.find(({ name }) => name === role);
}
