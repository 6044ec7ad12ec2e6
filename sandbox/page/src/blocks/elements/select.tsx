import type { Select } from '../block-kit.ts';
import { useSurface } from '../surface.ts';
import type { Wiring } from './any-element.tsx';
import styles from './field.module.css';
import { chosenIn, offersOf } from './offers.ts';
import { nameOf, useChoice, wiredTo } from './use-choice.tsx';

interface SelectElementProps {
  select: Select;
  blockId: string;
  label: string;
  wiring: Wiring | undefined;
}

/** A menu out of which one is chosen: the browser's own, so that it serves a keyboard, a telephone and a screen reader. */
export function SelectElement({ select, blockId, label, wiring }: SelectElementProps) {
  const { people, channels } = useSurface();
  const { value, choose, disabled } = useChoice(blockId, select, wiring);
  const [chosen = ''] = chosenIn(value);
  const placeholder = select.placeholder?.text ?? 'Select an option';
  const offers = offersOf(select, people, channels);
  return (
    <select
      className={styles.select}
      data-empty={chosen === '' || undefined}
      {...wiredTo(wiring)}
      {...nameOf(wiring, placeholder, label)}
      value={chosen}
      disabled={disabled}
      onChange={({ target }) => choose(target.value === '' ? undefined : target.value, target.value)}
    >
      <option value="" disabled={!wiring?.isOptional} hidden={!wiring?.isOptional}>
        {placeholder}
      </option>
      {offers.map(({ label: group, options }) =>
        group === '' ? (
          options.map(item)
        ) : (
          <optgroup key={group} label={group}>
            {options.map(item)}
          </optgroup>
        ),
      )}
    </select>
  );
}

function item({ value, text, description }: { value: string; text: string; description?: string | undefined }) {
  return (
    <option key={value} value={value}>
      {description === undefined ? text : `${text} (${description})`}
    </option>
  );
}
