import type { Input } from './block-kit.ts';
import { AnyElement } from './elements/any-element.tsx';
import styles from './input.module.css';
import { useSurface } from './surface.ts';
import { Plain } from './text.tsx';

/** A labelled field with its hint and, when something is wrong with it, the error above the hint. */
export function InputBlock({ block }: { block: Input }) {
  const { errors, idPrefix } = useSurface();
  const { block_id = '', label, hint, element, optional = false, dispatch_action = false } = block;
  const id = `${idPrefix}${block_id}`;
  const error = errors[block_id];
  const describedBy = [error !== undefined && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ');
  const isGroup = element.type === 'checkboxes' || element.type === 'radio_buttons';
  const words = (
    <>
      <Plain text={label.text} emoji={label.emoji} />
      {optional && <span className={styles.optional}> (optional)</span>}
    </>
  );
  return (
    <div className={styles.input} data-input="">
      {isGroup ? (
        <div id={`${id}-label`} className={styles.label}>
          {words}
        </div>
      ) : (
        <label id={`${id}-label`} htmlFor={id} className={styles.label}>
          {words}
        </label>
      )}
      <AnyElement
        element={element}
        blockId={block_id}
        wiring={{
          id,
          describedBy: describedBy === '' ? undefined : describedBy,
          isInvalid: error !== undefined,
          isOptional: optional,
          dispatches: dispatch_action,
        }}
      />
      {error !== undefined && (
        <p id={`${id}-error`} className={styles.error} role="alert">
          {error}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} className={styles.hint}>
          <Plain text={hint.text} emoji={hint.emoji} />
        </p>
      )}
    </div>
  );
}
