import styles from './actions.module.css';
import type { BlockOf } from './block-kit.ts';
import { AnyElement } from './elements/any-element.tsx';

/** Buttons, menus and choices in one row that wraps. */
export function ActionsBlock({ block }: { block: BlockOf<'actions'> }) {
  return (
    <div className={styles.actions}>
      {block.elements.map((element, index) => (
        <AnyElement key={element.action_id ?? index} element={element} blockId={block.block_id ?? ''} />
      ))}
    </div>
  );
}
