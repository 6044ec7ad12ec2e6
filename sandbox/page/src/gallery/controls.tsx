import styles from './controls.module.css';
import { SCHEMES, type View, WIDTHS } from './view.ts';

/** How wide, and in which colours. */
export function Controls({ view, onChange }: { view: View; onChange: (view: View) => void }) {
  return (
    <div className={styles.controls}>
      <Choice legend="Width" words={WIDTHS} chosen={view.width} onChoose={(width) => onChange({ ...view, width })} />
      <Choice
        legend="Colours"
        words={SCHEMES}
        chosen={view.scheme}
        onChoose={(scheme) => onChange({ ...view, scheme })}
      />
    </div>
  );
}

interface ChoiceProps<Key extends string> {
  legend: string;
  words: Record<Key, string>;
  chosen: Key;
  onChoose: (key: Key) => void;
}

function Choice<Key extends string>({ legend, words, chosen, onChoose }: ChoiceProps<Key>) {
  const keys = Object.keys(words) as Key[];
  return (
    <fieldset className={styles.choice}>
      <legend className="hidden-text">{legend}</legend>
      {keys.map((key) => (
        <label key={key} className={styles.option}>
          <input
            className="hidden-text"
            type="radio"
            name={legend}
            checked={key === chosen}
            onChange={() => onChoose(key)}
          />
          <span>{words[key]}</span>
        </label>
      ))}
    </fieldset>
  );
}
