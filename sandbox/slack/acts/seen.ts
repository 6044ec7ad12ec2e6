import type { Ephemeral, Message, StateValue, View } from '../state.ts';

/** What a person sees at once of what they did; later messages come as the workspace's changes. */
export type Seen =
  | {
      outcome: 'acknowledged';
      /** The message that the acknowledgement itself carried. */
      message?: Message | Ephemeral;
      /** The modal that is now on top, when the acknowledgement changed or kept it. */
      view?: View;
      /** What is wrong with the modal's inputs, by block id. */
      errors?: Record<string, string>;
    }
  /**
   * The client refused before anything was sent: `cancelled` in the confirm dialog, an input was left empty, what was
   * clicked is gone, or no app has such a command.
   */
  | { outcome: 'not-sent'; text: string; errors?: Record<string, string> }
  | { outcome: 'failed'; error: string; text: string };

export interface Click {
  /** Id or name. */
  channel: string;
  /** `ts` of the message or of this person's ephemeral message. */
  message: string;
  actionId: string;
  /** Needed when two blocks use the same action id. */
  blockId?: string;
  /** The value of the option, date, time or person chosen; a button brings its own. */
  value?: string;
  /** Inputs of the same message, as the person left them. */
  state?: FilledIn;
}

/** What was filled in, by block id and action id: a text or option value, several of them, or Slack's own shape. */
export type FilledIn = Record<string, Record<string, string | string[] | StateValue>>;
