import { createContext, type ReactNode, useCallback, useContext, useEffect, useId, useRef, useState } from 'react';
import type { ConfirmDialog } from '../block-kit.ts';
import { Plain, Text } from '../text.tsx';
import button from './button.module.css';
import styles from './confirmation.module.css';

interface Question {
  confirm: ConfirmDialog;
  proceed: () => void;
}

/** Asks before an action, where the element wants it: calls `proceed` at once without a question, else only after "yes". */
export type Ask = (confirm: ConfirmDialog | undefined, proceed: () => void) => void;

const AskContext = createContext<Ask>((_confirm, proceed) => proceed());

export const useConfirmation = (): Ask => useContext(AskContext);

/**
 * Holds the question of everything inside it. It stays open when the element that asked is gone or drawn anew: a message
 * changes every few seconds while somebody reads what they are about to confirm.
 */
export function Confirmations({ children }: { children: ReactNode }) {
  const [question, setQuestion] = useState<Question>();
  const ask = useCallback<Ask>((confirm, proceed) => (confirm ? setQuestion({ confirm, proceed }) : proceed()), []);
  return (
    <AskContext value={ask}>
      {children}
      {question && <Confirmation question={question} onClosed={() => setQuestion(undefined)} />}
    </AskContext>
  );
}

function Confirmation({ question: { confirm, proceed }, onClosed }: { question: Question; onClosed: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const no = useRef<HTMLButtonElement>(null);
  const id = useId();
  const { title, text, deny, style = 'primary' } = confirm;

  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // "No" has the focus: Enter pressed twice must not say yes to what nobody has read.
    no.current?.focus();
    return () => element?.close();
  }, []);

  return (
    // Escape closes it natively, which is "no". What is pressed in here is not pressed in a surrounding form.
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-text`}
      // Told a moment later, when it may have been opened anew.
      onClose={() => !dialog.current?.open && onClosed()}
    >
      <h2 id={`${id}-title`} className={styles.title}>
        <Plain text={title.text} emoji={title.emoji} />
      </h2>
      <div id={`${id}-text`} className={styles.text}>
        <Text text={text} />
      </div>
      <div className={styles.buttons}>
        <button
          type="button"
          className={button.button}
          data-size="large"
          ref={no}
          onClick={() => dialog.current?.close()}
        >
          <Plain text={deny.text} emoji={deny.emoji} />
        </button>
        <button
          type="button"
          className={button.button}
          data-size="large"
          data-style={style}
          onClick={() => {
            dialog.current?.close();
            proceed();
          }}
        >
          <Plain text={confirm.confirm.text} emoji={confirm.confirm.emoji} />
        </button>
      </div>
    </dialog>
  );
}
