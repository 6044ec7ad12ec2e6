import { type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react';
import type { Channel, Person } from '../../../../slack/state.ts';
import { api } from '../../api.ts';
import { forgetTrouble, perform, useAct } from '../acts.ts';
import { draftKey, useDrafts } from '../drafts.ts';
import { useSlow } from '../use-slow.ts';
import styles from './composer.module.css';
import { type Recall, recall } from './recall.ts';
import type { Suggestion } from './suggest.ts';
import { optionId, SuggestionList } from './suggestion-list.tsx';
import { useCompletion } from './use-completion.ts';
import { useComposeWish } from './use-compose-wish.ts';

interface ComposerProps {
  person: Person;
  channel: Channel;
  /** `ts` of the thread that is replied to. */
  thread?: string;
  /** What an empty one says: `Message #general`. */
  label: string;
  /** The person sent something, and wants to see what becomes of it. */
  onSent: () => void;
}

const NO_LINES: string[] = [];

/** Where a person writes: commands and messages, with completion, drafts, and what was sent before. */
export function Composer({ person, channel, thread, label, onSent }: ComposerProps) {
  const key = draftKey(person.id, channel.id, thread);
  const place = `composer/${key}`;
  const text = useDrafts((state) => state.drafts[key] ?? '');
  const sent = useDrafts((state) => state.sent[person.id]) ?? NO_LINES;
  const { write, finish } = useDrafts.getState();
  const { isUnderWay, trouble } = useAct(place);
  const isSlow = useSlow(isUnderWay);
  const [caret, setCaret] = useState(text.length);
  const [recalled, setRecalled] = useState<Recall>();
  const field = useRef<HTMLTextAreaElement>(null);
  const nextCaret = useRef<number>(undefined);
  const completion = useCompletion(text, caret, person, thread !== undefined);
  const { offered, active } = completion;
  const id = useId();

  useLayoutEffect(() => {
    if (nextCaret.current === undefined) return;
    field.current?.setSelectionRange(nextCaret.current, nextCaret.current);
    nextCaret.current = undefined;
  });

  /** Puts a text there that nobody typed just now. */
  const put = (next: string, cursor = next.length) => {
    write(key, next);
    setCaret(cursor);
    nextCaret.current = cursor;
    forgetTrouble(place);
  };
  useComposeWish(field, thread === undefined, (next) => {
    completion.open(false);
    setRecalled(undefined);
    put(next);
  });

  const take = ({ insert, caret: within }: Suggestion) => {
    if (!offered) return;
    const after = text.slice(offered.to);
    const inserted = after.startsWith(' ') ? insert.replace(/ $/, '') : insert;
    completion.open(true);
    put(
      text.slice(0, offered.from) + inserted + after,
      offered.from + (within ?? inserted.length) + (inserted === insert ? 0 : 1),
    );
    field.current?.focus();
  };

  const send = async () => {
    if (text.trim() === '') return;
    completion.open(false);
    const didSend = await perform(place, () =>
      deliver({ person, channel, text: text.trimEnd(), ...(thread !== undefined && { thread }) }),
    );
    if (!didSend) return;
    finish(key, person.id, text);
    setRecalled(undefined);
    onSent();
  };

  const goBack = (step: -1 | 1): boolean => {
    const next = recall(sent, recalled, step, text);
    if (!next) return false;
    completion.open(false);
    setRecalled(next.recall);
    put(next.text);
    return true;
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    const handled = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    switch (event.key) {
      case 'ArrowUp':
      case 'ArrowDown': {
        const step = event.key === 'ArrowUp' ? -1 : 1;
        if (offered) {
          handled();
          completion.move(step);
        } else if ((recalled || (text === '' && step === -1)) && goBack(step)) handled();
        break;
      }
      case 'Tab': {
        const option = offered?.options[active ?? 0];
        if (event.shiftKey || !option) break;
        handled();
        take(option);
        break;
      }
      case 'Escape':
        if (!offered) break;
        handled();
        completion.open(false);
        break;
      case 'Enter': {
        if (event.shiftKey) break;
        handled();
        const option = completion.taken();
        if (option) take(option);
        else void send();
        break;
      }
    }
  };

  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {offered && <SuggestionList id={id} offered={offered} active={active} onTake={take} />}
      <div className={styles.box} data-trouble={trouble !== undefined || undefined}>
        <textarea
          ref={field}
          className={styles.field}
          // What is typed is completed from a list: the field is a combobox, as far as it is one line of a command.
          role="combobox"
          aria-label={label}
          aria-autocomplete="list"
          aria-expanded={offered !== undefined}
          aria-controls={offered ? id : undefined}
          aria-activedescendant={offered && active !== undefined ? optionId(id, active) : undefined}
          aria-invalid={trouble !== undefined || undefined}
          aria-describedby={`${id}-hint`}
          aria-busy={isUnderWay || undefined}
          placeholder={label}
          rows={1}
          spellCheck={!text.startsWith('/')}
          autoComplete="off"
          readOnly={isUnderWay}
          value={text}
          onChange={({ target }) => {
            write(key, target.value);
            setCaret(target.selectionStart);
            setRecalled(undefined);
            completion.open(true);
            forgetTrouble(place);
          }}
          onSelect={({ currentTarget }) => setCaret(currentTarget.selectionStart)}
          onKeyDown={onKeyDown}
          onBlur={() => completion.open(false)}
        />
        <button
          type="submit"
          className={styles.send}
          aria-label="Send"
          aria-disabled={isUnderWay || text.trim() === ''}
          // The cursor stays where one writes on, and so does a telephone's keyboard.
          onMouseDown={(event) => event.preventDefault()}
          data-busy={isSlow || undefined}
        >
          {isSlow ? (
            <span className={styles.spinner} aria-hidden="true" />
          ) : (
            <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" fill="currentColor">
              <path d="M1.5 14.2 15 8 1.5 1.8l1.4 5L9.5 8l-6.6 1.2z" />
            </svg>
          )}
        </button>
      </div>
      <div className={styles.below}>
        {trouble !== undefined ? (
          <p className={styles.trouble} role="alert">
            {trouble}
          </p>
        ) : (
          <p id={`${id}-hint`} className={styles.hint}>
            {isSlow ? 'Sending…' : <Hint isThread={thread !== undefined} />}
          </p>
        )}
        <p className="hidden-text" role="status">
          {isSlow ? 'Sending…' : ''}
        </p>
      </div>
    </form>
  );
}

function Hint({ isThread }: { isThread: boolean }) {
  return (
    <>
      <span className={styles.wide}>
        <kbd>Enter</kbd> sends, <kbd>Shift</kbd> + <kbd>Enter</kbd> breaks the line
        {!isThread && ', '}
      </span>
      {!isThread && (
        <span>
          <kbd>/dr</kbd> commands Lifeboat
        </span>
      )}
    </>
  );
}

/** A command goes to the app, and everything else to the conversation; as in Slack, also a slash behind a space. */
async function deliver({
  person,
  channel,
  text,
  thread,
}: {
  person: Person;
  channel: Channel;
  text: string;
  thread?: string;
}) {
  const command = /^\/\S*/.exec(text)?.[0];
  if (command === undefined) {
    await api.message({ as: person.id, channel: channel.id, text, ...(thread !== undefined && { threadTs: thread }) });
    return undefined;
  }
  if (thread !== undefined) {
    return { outcome: 'not-sent' as const, text: `${command} is not supported in threads. Sorry!` };
  }
  const seen = await api.command({ as: person.id, channel: channel.id, text });
  // When the app failed, Slackbot says so in the channel.
  if (seen.outcome === 'failed') return undefined;
  if (seen.outcome !== 'not-sent') return seen;
  return { ...seen, text: `${seen.text} To send it as a message, put a space before the slash.` };
}
