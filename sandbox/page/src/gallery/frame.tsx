import { PEOPLE } from '../../../slack/people.ts';
import { channelId } from '../../../slack/state.ts';
import { Blocks } from '../blocks/blocks.tsx';
import { Mrkdwn } from '../blocks/mrkdwn.tsx';
import styles from './frame.module.css';
import type { Drawn, GalleryItem } from './gallery.ts';
import type { View } from './view.ts';

const CHANNELS = ['incident-response', 'general'].map((name) => ({ id: channelId(name), name }));

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
  const body =
    blocks.length > 0 ? (
      <Blocks blocks={blocks} surface={kind === 'modal' ? 'modal' : 'message'} people={PEOPLE} channels={CHANNELS} />
    ) : (
      <div className={styles.text}>
        <Mrkdwn text={text} people={PEOPLE} channels={CHANNELS} />
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
              <span className={styles.notificationText}>{text}</span>
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
