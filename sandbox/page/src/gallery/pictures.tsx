import type { Picture } from './gallery.ts';
import styles from './pictures.module.css';

/** The page of the simulated world in the moments of a recovery. */
export function Pictures({ pictures }: { pictures: Picture[] }) {
  return (
    <div className={styles.pictures}>
      {pictures.map(({ file, title, narrow }) => (
        <figure key={file} className={styles.picture} data-narrow={narrow}>
          <img className={styles.image} src={file} alt={title} loading="lazy" />
          <figcaption className={styles.caption}>{title}</figcaption>
        </figure>
      ))}
    </div>
  );
}
