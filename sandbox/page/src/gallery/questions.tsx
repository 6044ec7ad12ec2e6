import type { Block } from '../../../slack/state.ts';
import { Mrkdwn } from '../blocks/mrkdwn.tsx';
import exhibit from './exhibit.module.css';
import { NAMED } from './named.ts';
import styles from './questions.module.css';

interface Question {
  action: string;
  button: string;
  title: string;
  text: string;
  yes: string;
  no: string;
}

/** What the buttons of a message ask before anything is sent, to be read without pressing them. */
export function Questions({ blocks }: { blocks: Block[] }) {
  const questions = questionsIn(blocks);
  if (questions.length === 0) return null;
  return (
    <details className={exhibit.fallback}>
      <summary>Asks first: {questions.map(({ button }) => button).join(', ')}</summary>
      <div className={styles.questions}>
        {questions.map(({ action, title, text, yes, no }) => (
          <div key={action} className={styles.question}>
            <p className={styles.title}>{title}</p>
            <Mrkdwn text={text} {...NAMED} verbatim />
            <p className={styles.answers}>
              <span>{no}</span> <span>{yes}</span>
            </p>
          </div>
        ))}
      </div>
    </details>
  );
}

interface Asking {
  action_id: string;
  text: { text: string };
  confirm: Record<'title' | 'text' | 'confirm' | 'deny', { text: string }>;
}

function questionsIn(blocks: Block[]): Question[] {
  const elements = blocks.flatMap((block) => (Array.isArray(block.elements) ? (block.elements as unknown[]) : []));
  return elements.filter(asks).map(({ action_id, text, confirm }) => ({
    action: action_id,
    button: text.text,
    title: confirm.title.text,
    text: confirm.text.text,
    yes: confirm.confirm.text,
    no: confirm.deny.text,
  }));
}

function asks(element: unknown): element is Asking {
  return typeof element === 'object' && element !== null && 'confirm' in element && 'text' in element;
}
