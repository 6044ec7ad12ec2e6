import { useId, useRef, useState } from 'react';
import type { MultiSelect } from '../block-kit.ts';
import { Chevron } from '../chevron.tsx';
import { useSurface } from '../surface.ts';
import type { Wiring } from './any-element.tsx';
import styles from './multi-select.module.css';
import { chosenIn, offersOf } from './offers.ts';
import { Popup } from './popup.tsx';
import { nameOf, useChoice, wiredTo } from './use-choice.tsx';

interface MultiSelectElementProps {
  select: MultiSelect;
  blockId: string;
  label: string;
  wiring: Wiring | undefined;
}

/** A menu out of which several are chosen. As in Slack, the app is told once the menu is closed. */
export function MultiSelectElement({ select, blockId, label, wiring }: MultiSelectElementProps) {
  const { people, channels } = useSurface();
  const { value, fillIn, send, disabled } = useChoice(blockId, select, wiring);
  const [openedWith, setOpenedWith] = useState<string>();
  const trigger = useRef<HTMLButtonElement>(null);
  const chosenId = useId();
  const chosen = chosenIn(value);
  const offers = offersOf(select, people, channels);
  const texts = new Map(offers.flatMap(({ options }) => options).map(({ value: id, text }) => [id, text]));
  const placeholder = select.placeholder?.text ?? 'Select options';
  const most = select.max_selected_items ?? Number.POSITIVE_INFINITY;
  // A button cannot be required; the label says which inputs are optional.
  const { 'aria-required': _required, ...wired } = wiredTo(wiring);
  const close = () => {
    setOpenedWith(undefined);
    if (openedWith !== undefined && openedWith !== chosen.join()) send(chosen.at(-1));
  };
  return (
    <span className={styles.multi}>
      <button
        ref={trigger}
        type="button"
        className={styles.trigger}
        {...wired}
        {...nameOf(wiring, placeholder, label)}
        aria-labelledby={wiring && `${wiring.id}-label ${chosenId}`}
        aria-haspopup="true"
        aria-expanded={openedWith !== undefined}
        disabled={disabled}
        onClick={() => (openedWith === undefined ? setOpenedWith(chosen.join()) : close())}
      >
        <span id={chosenId} className={styles.chosen}>
          {chosen.length === 0 ? (
            <span className={styles.placeholder}>{placeholder}</span>
          ) : (
            chosen.map((id) => (
              <span key={id} className={styles.token}>
                {texts.get(id) ?? id}
              </span>
            ))
          )}
        </span>
        <Chevron isOpen />
      </button>
      {openedWith !== undefined && (
        <Popup anchor={trigger.current} onClosed={close}>
          {offers.map(({ label: group, options }) => (
            <fieldset key={group} className={styles.group}>
              <legend className={group === '' ? 'hidden-text' : styles.legend}>
                {group === '' ? placeholder : group}
              </legend>
              {options.map(({ value: id, text, description }) => (
                <label key={id} className={styles.option}>
                  <input
                    type="checkbox"
                    checked={chosen.includes(id)}
                    disabled={!chosen.includes(id) && chosen.length >= most}
                    onChange={({ target }) =>
                      fillIn(target.checked ? [...chosen, id] : chosen.filter((other) => other !== id))
                    }
                  />
                  <span>
                    {text}
                    {description !== undefined && <span className={styles.description}>{description}</span>}
                  </span>
                </label>
              ))}
            </fieldset>
          ))}
        </Popup>
      )}
    </span>
  );
}
