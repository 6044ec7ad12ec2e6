import { useMemo } from 'react';
import { PEOPLE } from '../../../slack/people.ts';
import { type Block, channelId } from '../../../slack/state.ts';
import { Blocks } from '../blocks/blocks.tsx';
import { Mrkdwn } from '../blocks/mrkdwn.tsx';
import { mrkdwnWords } from '../blocks/mrkdwn-words.ts';
import styles from './frame.module.css';
import type { Drawn, GalleryItem } from './gallery.ts';
import type { View } from './view.ts';

const CHANNELS = ['incident-response', 'general'].map((name) => ({ id: channelId(name), name }));

const NAMED = { people: PEOPLE, channels: CHANNELS };

interface FrameProps {
  width: 'phone' | 'desktop';
  scheme: View['scheme'];
  title: string;
  kind: GalleryItem['kind'];
  drawn: Drawn;
}

/** A message as it stands in a window of that width: 360 px on a telephone, 720 px at a desk. */
export function Frame({ width, scheme, title, kind, drawn }: FrameProps) {
  const { text, blocks } = drawn;
  const shown = useMemo(() => unfocused(blocks), [blocks]);
  const body =
    blocks.length > 0 ? (
      <Blocks blocks={shown} surface={kind === 'modal' ? 'modal' : 'message'} {...NAMED} />
    ) : (
      <div className={styles.text}>
        <Mrkdwn text={text} {...NAMED} />
      </div>
    );
  return (
    <figure
      className={styles.frame}
      data-width={width}
      data-scheme={scheme}
      data-touch={width === 'phone' ? '' : undefined}
      aria-label={width === 'phone' ? 'On a telephone' : 'At a desk'}
    >
      {kind === 'modal' ? (
        <div className={styles.modal}>
          <p className={styles.modalTitle}>{title}</p>
          {body}
        </div>
      ) : (
        <>
          {width === 'phone' && text !== '' && (
            <div className={styles.notification}>
              <span className={styles.notificationTitle}>Notification, and what a screen reader says</span>
              <span className={styles.notificationText}>{mrkdwnWords(text, NAMED)}</span>
            </div>
          )}
          <div className={styles.row} data-kind={kind}>
            {kind === 'ephemeral' && <p className={styles.whisper}>Only visible to you</p>}
            <img className={styles.avatar} src="./icon.svg" alt="" />
            <div className={styles.main}>
              <p className={styles.heading}>
                <b>Lifeboat</b> <span className={styles.badge}>APP</span>
                {kind === 'thread' && <span className={styles.note}>in the thread</span>}
              </p>
              {body}
            </div>
          </div>
        </>
      )}
    </figure>
  );
}

/** Among a hundred modals, none may take the focus. */
function unfocused(blocks: Block[]): Block[] {
  return JSON.parse(JSON.stringify(blocks, (key, value: unknown) => (key === 'focus_on_load' ? undefined : value)));
}
