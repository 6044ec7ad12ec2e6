import type { BlockOf } from './block-kit.ts';
import styles from './context.module.css';
import { SmallImage } from './image.tsx';
import { Text } from './text.tsx';

/** Small print: texts and small images in one line that wraps. */
export function ContextBlock({ block }: { block: BlockOf<'context'> }) {
  return (
    <div className={styles.context}>
      {block.elements.map((element, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an element has no identity beyond its place.
        <div key={index} className={styles.element}>
          {element.type === 'image' ? <SmallImage image={element} size="context" /> : <Text text={element} />}
        </div>
      ))}
    </div>
  );
}
