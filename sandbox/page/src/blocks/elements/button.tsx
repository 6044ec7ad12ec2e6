import type { Block } from '../../../../slack/state.ts';
import type { Button } from '../block-kit.ts';
import { OUTWARD, safeLink } from '../links.ts';
import { useSurface } from '../surface.ts';
import { Plain } from '../text.tsx';
import styles from './button.module.css';
import { useConfirmation } from './confirmation.tsx';

/** A button; one with an address is a link that also tells the app. */
export function ButtonElement({ button, blockId }: { button: Button; blockId: string }) {
  const { act, disabled } = useSurface();
  const ask = useConfirmation();
  const { text, url, style, confirm, accessibility_label } = button;
  const link = url === undefined ? undefined : safeLink(url);
  const press = () => act(blockId, button as Block, button.value);
  const label = <Plain text={text.text} emoji={text.emoji} />;
  if (link !== undefined && !disabled) {
    return (
      <a
        className={styles.button}
        data-style={style}
        href={link}
        aria-label={accessibility_label}
        {...OUTWARD}
        onClick={press}
      >
        {label}
      </a>
    );
  }
  return (
    <button
      type="button"
      className={styles.button}
      data-style={style}
      aria-label={accessibility_label}
      disabled={disabled}
      onClick={() => ask(confirm, press)}
    >
      {label}
    </button>
  );
}
