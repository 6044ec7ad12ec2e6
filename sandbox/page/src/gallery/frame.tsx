import { useMemo } from 'react';
import type { Block } from '../../../slack/state.ts';
import { Blocks } from '../blocks/blocks.tsx';
import button from '../blocks/elements/button.module.css';
import { Mrkdwn } from '../blocks/mrkdwn.tsx';
import { mrkdwnWords } from '../blocks/mrkdwn-words.ts';
import styles from './frame.module.css';
import type { Drawn, GalleryItem } from './gallery.ts';
import { NAMED } from './named.ts';
import type { View } from './view.ts';

interface FrameProps {
  width: 'phone' | 'desktop';
  scheme: View['scheme'];
  item: GalleryItem;
  drawn: Drawn;
}

/** A message as it stands in a window of that width: 360 px on a telephone, 720 px at a desk. */
export function Frame({ width, scheme, item, drawn }: FrameProps) {
  return (
    <figure
      className={styles.frame}
      data-width={width}
      data-scheme={scheme}
      data-touch={width === 'phone' ? '' : undefined}
      aria-label={width === 'phone' ? 'On a telephone' : 'At a desk'}
    >
      {item.kind === 'modal' ? (
        <ModalFrame item={item} drawn={drawn} />
      ) : item.kind === 'page' ? (
        <PageFrame text={drawn.text} />
      ) : (
        <MessageFrame kind={item.kind} drawn={drawn} isPhone={width === 'phone'} />
      )}
    </figure>
  );
}

function MessageFrame({ kind, drawn, isPhone }: { kind: GalleryItem['kind']; drawn: Drawn; isPhone: boolean }) {
  const { text, blocks } = drawn;
  return (
    <>
      {isPhone && text !== '' && kind !== 'ephemeral' && (
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
          {blocks.length > 0 ? (
            <Blocks blocks={blocks} surface="message" {...NAMED} />
          ) : (
            <div className={styles.text}>
              <Mrkdwn text={text} {...NAMED} />
            </div>
          )}
        </div>
      </div>
    </>
  );
}

function ModalFrame({ item: { modal }, drawn: { text, blocks } }: { item: GalleryItem; drawn: Drawn }) {
  const shown = useMemo(() => unfocused(blocks), [blocks]);
  return (
    <div className={styles.modal}>
      <p className={styles.modalTitle}>{text}</p>
      <Blocks blocks={shown} surface="modal" {...NAMED} {...(modal?.errors ? { errors: modal.errors } : {})} />
      {modal && (
        <p className={styles.modalButtons}>
          <button type="button" className={button.button} data-size="large">
            {modal.close}
          </button>
          <button type="button" className={button.button} data-size="large" data-style="primary">
            {modal.submit}
          </button>
        </p>
      )}
    </div>
  );
}

/** As PagerDuty shows it: the summary on the locked telephone, the details once it is opened. */
function PageFrame({ text }: { text: string }) {
  const [summary, ...details] = text.split('\n');
  return (
    <div className={styles.page}>
      <p className={styles.summary}>{summary}</p>
      <ul>
        {details.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  );
}

/** Among a hundred modals, none may take the focus. */
function unfocused(blocks: Block[]): Block[] {
  return JSON.parse(JSON.stringify(blocks, (key, value: unknown) => (key === 'focus_on_load' ? undefined : value)));
}
