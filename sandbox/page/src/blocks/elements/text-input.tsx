import type { KeyboardEvent } from 'react';
import type { TextInput } from '../block-kit.ts';
import type { Wiring } from './any-element.tsx';
import styles from './field.module.css';
import { nameOf, useChoice, wiredTo } from './use-choice.tsx';

interface TextInputElementProps {
  input: TextInput;
  blockId: string;
  label: string;
  wiring: Wiring | undefined;
}

/** A line or several of text, a number, a mail address or a web address. What is wrong with it is said when it is sent. */
export function TextInputElement({ input, blockId, label, wiring }: TextInputElementProps) {
  const { value, fillIn, send, disabled } = useChoice(blockId, input, wiring);
  const text = typeof value.value === 'string' ? value.value : '';
  const triggers = input.dispatch_action_config?.trigger_actions_on ?? ['on_enter_pressed'];
  const sendsOnEnter = wiring?.dispatches === true && triggers.includes('on_enter_pressed');
  const sendsOnEach = wiring?.dispatches === true && triggers.includes('on_character_entered');
  const shared = {
    className: styles.field,
    ...wiredTo(wiring),
    ...nameOf(wiring, label, input.placeholder?.text),
    placeholder: input.placeholder?.text,
    value: text,
    disabled,
    autoFocus: input.focus_on_load,
    onChange: ({ target }: { target: { value: string } }) => {
      const filledIn = fillIn(target.value);
      if (sendsOnEach) send(target.value, filledIn);
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (!sendsOnEnter || event.key !== 'Enter' || event.nativeEvent.isComposing) return;
      event.preventDefault();
      send(text);
    },
  };
  if (input.type === 'plain_text_input' && input.multiline) {
    return <textarea {...shared} maxLength={input.max_length ?? 3000} rows={3} />;
  }
  return (
    <>
      <input {...shared} {...kindOf(input)} autoComplete="off" />
      {sendsOnEnter && <p className={styles.hint}>Press Enter to send it.</p>}
    </>
  );
}

/** The browser's own kinds would refuse in words and ways of their own; only their keyboards are wanted. */
function kindOf(input: TextInput): {
  type: 'text';
  inputMode?: 'numeric' | 'decimal' | 'email' | 'url';
  maxLength?: number;
} {
  switch (input.type) {
    case 'plain_text_input':
      return { type: 'text', maxLength: input.max_length ?? 3000 };
    case 'number_input':
      return { type: 'text', inputMode: input.is_decimal_allowed ? 'decimal' : 'numeric' };
    case 'email_text_input':
      return { type: 'text', inputMode: 'email' };
    case 'url_text_input':
      return { type: 'text', inputMode: 'url' };
  }
}
