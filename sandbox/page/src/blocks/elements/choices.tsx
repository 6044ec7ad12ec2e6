import { useId } from 'react';
import type { Choices } from '../block-kit.ts';
import { Text } from '../text.tsx';
import type { Wiring } from './any-element.tsx';
import styles from './choices.module.css';
import { chosenIn } from './offers.ts';
import { nameOf, useChoice } from './use-choice.tsx';

interface ChoicesElementProps {
  choices: Choices;
  blockId: string;
  label: string;
  wiring: Wiring | undefined;
}

/** Check boxes or radio buttons, one below the other, each with its description. */
export function ChoicesElement({ choices, blockId, label, wiring }: ChoicesElementProps) {
  const { value, choose, disabled } = useChoice(blockId, choices, wiring);
  const name = useId();
  const chosen = chosenIn(value);
  const isRadio = choices.type === 'radio_buttons';
  const toggle = (option: string) => {
    if (isRadio) choose(option, option);
    else choose(chosen.includes(option) ? chosen.filter((other) => other !== option) : [...chosen, option], option);
  };
  return (
    <fieldset
      className={styles.choices}
      id={wiring?.id}
      aria-labelledby={wiring && `${wiring.id}-label`}
      aria-describedby={wiring?.describedBy}
      {...nameOf(wiring, label)}
    >
      {choices.options.map(({ value: option, text, description }, index) => {
        const inputId = `${name}-${index}`;
        return (
          <div key={option} className={styles.choice}>
            <input
              id={inputId}
              type={isRadio ? 'radio' : 'checkbox'}
              name={name}
              checked={chosen.includes(option)}
              disabled={disabled}
              aria-describedby={description && `${inputId}-description`}
              onChange={() => toggle(option)}
            />
            <div>
              <label htmlFor={inputId}>
                <Text text={text} />
              </label>
              {description && (
                <div id={`${inputId}-description`} className={styles.description}>
                  <Text text={description} />
                </div>
              )}
            </div>
          </div>
        );
      })}
    </fieldset>
  );
}
