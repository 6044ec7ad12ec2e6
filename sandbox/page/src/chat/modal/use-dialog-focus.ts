import { type RefObject, useEffect } from 'react';

const FIELDS = 'input, textarea, select, [role="combobox"], [role="radio"], [role="checkbox"]';

/** Takes the focus into a dialog that opened, and gives it back when it is gone. */
export function useDialogFocus(dialog: RefObject<HTMLDialogElement | null>): void {
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    // Somebody who goes through the people by keyboard must be able to go on.
    const isSwitching = before instanceof HTMLInputElement && before.name === 'who-is-typing';
    if (element && !isSwitching && !element.contains(before)) {
      const field = element.querySelector<HTMLElement>(`[data-input] :is(${FIELDS})`);
      (
        field ??
        element.querySelector<HTMLElement>('button[type="submit"]') ??
        element.querySelector('button')
      )?.focus();
    }
    return () => {
      const now = document.activeElement;
      if (now !== null && now !== document.body && !element?.contains(now)) return;
      const isBack = before instanceof HTMLElement && before !== document.body && before.isConnected;
      const target = isBack ? before : document.querySelector<HTMLElement>('[data-pane="channel"] textarea');
      target?.focus({ preventScroll: true });
    };
  }, [dialog]);
}
