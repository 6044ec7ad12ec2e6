import { useEffect, useRef } from 'react';
import type { Channel, Person } from '../../../slack/state.ts';
import { api } from '../api.ts';
import { type BlockAction, Blocks } from '../blocks/blocks.tsx';
import { Mrkdwn } from '../blocks/mrkdwn.tsx';
import { forgetTrouble, perform, useAct } from './acts.ts';
import type { Said } from './conversation.ts';
import styles from './message-body.module.css';
import { useSlow } from './use-slow.ts';

interface MessageBodyProps {
  said: Said;
  person: Person;
  people: Person[];
  channels: Channel[];
}

/** What a message says: its blocks, or its text where it has none; and what became of a button in it. */
export function MessageBody({ said, person, people, channels }: MessageBodyProps) {
  const { channel, ts, text, blocks, editedTs } = said;
  const place = `message/${person.id}/${channel}/${ts}`;
  const { isUnderWay, trouble } = useAct(place);
  // An answer usually comes at once: a button that flickers says less than one that stays.
  const isSlow = useSlow(isUnderWay);
  const pressed = useRef<Element>(null);
  useEffect(() => {
    // A button that is disabled while it is waited for loses the focus; it gets it back.
    const lost = pressed.current;
    if (isSlow || !(lost instanceof HTMLElement) || document.activeElement !== document.body) return;
    pressed.current = null;
    if (lost.isConnected) lost.focus();
  }, [isSlow]);
  const act = ({ actionId, blockId, value, state }: BlockAction) => {
    pressed.current = document.activeElement;
    void perform(place, () =>
      api.click({
        as: person.id,
        channel,
        message: ts,
        action: actionId,
        block: blockId,
        ...(value !== undefined && { value }),
        ...(state && { state }),
      }),
    );
  };
  return (
    <div className={styles.body} aria-busy={isUnderWay || undefined}>
      {blocks?.length ? (
        <Blocks
          blocks={blocks}
          surface="message"
          people={people}
          channels={channels}
          disabled={isSlow}
          onAction={act}
        />
      ) : (
        <div className={styles.text}>
          <Mrkdwn text={text} people={people} channels={channels} />
        </div>
      )}
      {editedTs !== undefined && <span className={styles.edited}>(edited)</span>}
      {isSlow && (
        <p className={styles.status} role="status">
          <span className={styles.spinner} aria-hidden="true" />
          Sending…
        </p>
      )}
      {trouble !== undefined && (
        <p className={styles.trouble} role="alert">
          <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" fill="currentColor">
            <path d="M8 1 15.5 14.5H.5zM7.25 6v4h1.5V6zm0 5.25v1.5h1.5v-1.5z" fillRule="evenodd" />
          </svg>
          <span>{trouble}</span>
          <button type="button" className={styles.dismiss} onClick={() => forgetTrouble(place)}>
            Dismiss
          </button>
        </p>
      )}
    </div>
  );
}
