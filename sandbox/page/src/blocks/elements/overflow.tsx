import { type KeyboardEvent, useRef, useState } from 'react';
import type { Block } from '../../../../slack/state.ts';
import type { Overflow } from '../block-kit.ts';
import { OUTWARD, safeLink } from '../links.ts';
import { useSurface } from '../surface.ts';
import { Plain } from '../text.tsx';
import { useConfirmation } from './confirmation.tsx';
import styles from './overflow.module.css';
import { Popup } from './popup.tsx';

type Option = Overflow['options'][number];

/** The button with three dots, and the menu that it opens. */
export function OverflowElement({ overflow, blockId }: { overflow: Overflow; blockId: string }) {
  const { act, disabled } = useSurface();
  const ask = useConfirmation();
  const [isOpen, setOpen] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const choose = ({ value }: Option) => {
    setOpen(false);
    trigger.current?.focus();
    ask(overflow.confirm, () => act(blockId, overflow as Block, value));
  };
  return (
    <>
      <button
        ref={trigger}
        type="button"
        className={styles.trigger}
        aria-label="More actions"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        disabled={disabled}
        onClick={() => setOpen(!isOpen)}
      >
        <svg viewBox="0 0 20 20" aria-hidden="true">
          <path d="M4.5 10h.01M10 10h.01M15.5 10h.01" />
        </svg>
      </button>
      {isOpen && (
        <Popup anchor={trigger.current} onClosed={() => setOpen(false)}>
          <div role="menu" tabIndex={-1} onKeyDown={moveBetweenItems}>
            {overflow.options.map((option) => (
              <MenuItem key={option.value} option={option} onChoose={() => choose(option)} />
            ))}
          </div>
        </Popup>
      )}
    </>
  );
}

function MenuItem({ option: { text, description, url }, onChoose }: { option: Option; onChoose: () => void }) {
  const link = url === undefined ? undefined : safeLink(url);
  const words = (
    <>
      <Plain text={text.text} emoji={text.emoji} />
      {description && (
        <span className={styles.description}>
          <Plain text={description.text} emoji={description.emoji} />
        </span>
      )}
    </>
  );
  return link === undefined ? (
    <button type="button" role="menuitem" className={styles.item} onClick={onChoose}>
      {words}
    </button>
  ) : (
    <a role="menuitem" className={styles.item} href={link} {...OUTWARD} onClick={onChoose}>
      {words}
    </a>
  );
}

function moveBetweenItems(event: KeyboardEvent<HTMLElement>): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="menuitem"]')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  items.at(next % items.length)?.focus();
}
