import type { Section } from './block-kit.ts';
import { AnyElement } from './elements/any-element.tsx';
import { SmallImage } from './image.tsx';
import styles from './section.module.css';
import { Text } from './text.tsx';

/** Text, or up to ten fields in two columns, with one element beside it. */
export function SectionBlock({ block }: { block: Section }) {
  const { text, fields, accessory, block_id = '' } = block;
  return (
    <div className={styles.section} data-beside={accessory ? isNarrow(accessory.type) : undefined}>
      <div className={styles.words}>
        {text && <Text text={text} />}
        {fields && (
          <div className={styles.fields}>
            {fields.map((field, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a field has no identity beyond its place.
              <div key={index}>
                <Text text={field} />
              </div>
            ))}
          </div>
        )}
      </div>
      {accessory && (
        <div className={styles.accessory}>
          {accessory.type === 'image' ? (
            <SmallImage image={accessory} size="accessory" />
          ) : (
            <AnyElement element={accessory} blockId={block_id} label={text?.text ?? ''} />
          )}
        </div>
      )}
    </div>
  );
}

/** Whether an element keeps its place at the right also on a telephone; menus and choices go below the text there. */
function isNarrow(type: string): 'always' | 'wide' {
  return type === 'image' || type === 'button' || type === 'overflow' ? 'always' : 'wide';
}
