import type { Author } from './authors.ts';
import styles from './avatar.module.css';

/** The square beside a message: the app's own mark, or initials. The name stands next to it, so it says nothing. */
export function Avatar({ author, size = 'large' }: { author: Author; size?: 'large' | 'small' }) {
  if (author.kind === 'app') {
    return <img className={styles.avatar} data-size={size} data-part="app" src="/icon.svg" alt="" />;
  }
  return (
    <span className={styles.avatar} data-size={size} data-part={author.role ?? author.kind} aria-hidden="true">
      {author.kind === 'slack' ? '#' : initials(author.name)}
    </span>
  );
}

function initials(name: string): string {
  const words = name.split(/\s+/);
  return `${words[0]?.[0] ?? ''}${words.length > 1 ? (words.at(-1)?.[0] ?? '') : ''}`.toUpperCase();
}
