import { type RefObject, useEffect } from 'react';

/** The first thing inside an element that takes what somebody fills in, a menu's button included. */
export function fieldIn(element: Element | null | undefined): HTMLElement | undefined {
  return element?.querySelector<HTMLElement>('input, textarea, select, button[aria-haspopup]') ?? undefined;
}

/** Takes the focus into a dialog that opened, and gives it back when it is gone. */
export function useDialogFocus(dialog: RefObject<HTMLDialogElement | null>): void {
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    // Somebody who goes through the people by keyboard must be able to go on.
    const isSwitching = before instanceof HTMLInputElement && before.name === 'who-is-typing';
    if (element && !isSwitching && !element.contains(before)) {
      (
        fieldIn(element.querySelector('[data-input]')) ??
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
