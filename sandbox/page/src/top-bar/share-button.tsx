import { useState } from 'react';
import { usePage } from '../store.ts';
import { useCopy } from '../tools/use-copy.ts';
import dialogStyles from './dialog.module.css';
import { Dialog } from './dialog.tsx';
import { linkTo } from './scenario.ts';

/** Copies a link of this scenario: the system, the faults that are on, the seed. */
export function ShareButton({ className }: { className: string | undefined }) {
  const [state, copy] = useCopy();
  const [link, setLink] = useState<string>();
  const share = async () => {
    const { snapshot } = usePage.getState();
    if (!snapshot) return;
    const address = linkTo(window.location.href, snapshot);
    if (!(await copy(address))) setLink(address);
  };
  return (
    <>
      <button
        type="button"
        className={className}
        title="Copy a link that plays this scenario: the system, the faults that are on, and the seed"
        onClick={() => void share()}
      >
        <span aria-live="polite">{state === 'copied' ? 'Link copied' : 'Share'}</span>
      </button>
      {link !== undefined && (
        <Dialog title="Copy this link" onClose={() => setLink(undefined)}>
          <p className={dialogStyles.text}>
            The browser does not let the page use the clipboard. The link is selected: copy it by hand.
          </p>
          <label className={dialogStyles.field}>
            Link of this scenario
            <textarea
              className={`${dialogStyles.input} ${dialogStyles.link}`}
              readOnly
              rows={3}
              value={link}
              onFocus={(event) => event.currentTarget.select()}
            />
          </label>
          <div className={dialogStyles.buttons}>
            <button type="button" className={dialogStyles.button} onClick={() => setLink(undefined)}>
              Close
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
