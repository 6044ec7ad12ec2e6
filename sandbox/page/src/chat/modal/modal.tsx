import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { stateOf } from '../../../../slack/acts/values.ts';
import type { Block, Channel, Person, StateValues, View } from '../../../../slack/state.ts';
import { api } from '../../api.ts';
import { Blocks } from '../../blocks/blocks.tsx';
import { checkInputs } from '../../blocks/check-inputs.ts';
import { Plain } from '../../blocks/text.tsx';
import { forgetTrouble, perform, useAct } from '../acts.ts';
import { useSlow } from '../use-slow.ts';
import { standingErrors } from './errors.ts';
import { useFilledIn } from './filled-in.ts';
import styles from './modal.module.css';
import { fieldIn, useDialogFocus } from './use-dialog-focus.ts';

interface ModalProps {
  view: View;
  person: Person;
  people: Person[];
  channels: Channel[];
}

const NOTHING: StateValues = {};
/** Before anything was sent. */
const UNSENT = { values: NOTHING, errors: {} as Record<string, string> };

/**
 * The person's topmost dialog. It covers their Slack, and nothing else: somebody else may be looked at meanwhile, and
 * the world beside it does not stop.
 */
export function Modal({ view, person, people, channels }: ModalProps) {
  const place = `view/${person.id}/${view.id}`;
  const closing = `${place}/close`;
  const filledIn = useFilledIn((store) => store.filledIn[view.id]) ?? NOTHING;
  const fillIn = useFilledIn((store) => store.fillIn);
  const { isUnderWay, trouble, errors } = useAct(place);
  const { trouble: closingTrouble } = useAct(closing);
  const isSlow = useSlow(isUnderWay);
  /** What was sent last, and what is wrong with it as far as can be seen from here. */
  const [sent, setSent] = useState(UNSENT);
  const [unsent, setUnsent] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useDialogFocus(dialog);

  const values = useMemo(() => stateOf(view.blocks, filledIn), [view.blocks, filledIn]);
  const failed = standingErrors({ ...sent.errors, ...errors }, sent.values, values);
  useEffect(() => {
    // Somebody who pressed "submit" is led to what is wrong, each time.
    if (errors === undefined && sent === UNSENT) return;
    const wrong = [...(dialog.current?.querySelectorAll('[data-input]') ?? [])];
    fieldIn(wrong.find((input) => input.querySelector('[role="alert"]')))?.focus();
  }, [errors, sent]);

  const submit = () => {
    if (isUnderWay) return;
    forgetTrouble(place);
    const problems = checkInputs(view.blocks, filledIn);
    setSent({ values, errors: problems });
    if (Object.keys(problems).length > 0) return;
    void perform(place, () => api.view({ as: person.id, values }));
  };
  // Also while it is being sent: nobody is kept in a dialog that waits for an answer.
  const close = () => void perform(closing, () => api.view({ as: person.id, close: true }));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !(event.target instanceof Element)) return;
    // A question, or a menu, that stands over the dialog goes first.
    const isAbove = event.target.closest('dialog') !== dialog.current || dialog.current?.querySelector(':popover-open');
    if (isAbove) return;
    event.stopPropagation();
    close();
  };

  return (
    <div className={styles.ground}>
      <dialog
        ref={dialog}
        className={styles.dialog}
        open
        aria-labelledby={`${id}-title`}
        // Somebody who clicks beside its fields is still in it, and Escape still closes it.
        tabIndex={-1}
        onKeyDown={onKeyDown}
      >
        <form
          className={styles.form}
          noValidate
          aria-busy={isUnderWay || undefined}
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <header className={styles.header}>
            <h2 id={`${id}-title`} className={styles.title}>
              <Text text={view.title} />
            </h2>
            <button type="button" className={styles.cross} aria-label="Close" onClick={close}>
              <svg
                viewBox="0 0 16 16"
                width="16"
                height="16"
                aria-hidden="true"
                stroke="currentColor"
                strokeWidth="1.6"
              >
                <path d="m3 3 10 10M13 3 3 13" />
              </svg>
            </button>
          </header>
          <div className={styles.blocks}>
            <Blocks
              blocks={view.blocks}
              surface="modal"
              people={people}
              channels={channels}
              state={filledIn}
              onStateChange={(next) => fillIn(view.id, next)}
              errors={failed}
              disabled={isSlow}
              onAction={() => setUnsent(true)}
            />
          </div>
          {unsent && (
            <p className={styles.note} role="status">
              The sandbox does not tell the app of buttons inside a dialog; only sending the dialog is told.
            </p>
          )}
          {(trouble ?? closingTrouble) !== undefined && (
            <p className={styles.trouble} role="alert">
              {trouble ?? closingTrouble}
            </p>
          )}
          <footer className={styles.footer}>
            <button type="button" className={styles.close} onClick={close}>
              {view.close ? <Text text={view.close} /> : view.submit ? 'Cancel' : 'Close'}
            </button>
            {view.submit && (
              <button type="submit" className={styles.submit} aria-disabled={isUnderWay || undefined}>
                {isSlow ? 'Sending…' : <Text text={view.submit} />}
              </button>
            )}
          </footer>
        </form>
      </dialog>
    </div>
  );
}

function Text({ text }: { text: Block }) {
  return <Plain text={String(text.text)} emoji={text.emoji === true} />;
}
