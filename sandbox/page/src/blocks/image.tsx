import type { BlockOf, ImageElement } from './block-kit.ts';
import styles from './image.module.css';
import { OUTWARD, safeLink } from './links.ts';
import { Plain } from './text.tsx';

/** A picture with its title above. */
export function ImageBlock({ block }: { block: BlockOf<'image'> }) {
  const { title, image_url, alt_text } = block;
  return (
    <figure className={styles.block}>
      {title && (
        <figcaption className={styles.title}>
          <Plain text={title.text} emoji={title.emoji} />
        </figcaption>
      )}
      {isOwn(image_url) ? (
        <img className={styles.picture} src={image_url} alt={alt_text} />
      ) : (
        <Elsewhere url={image_url} alt={alt_text} />
      )}
    </figure>
  );
}

/** A picture beside a section's text, or in a line of small print. */
export function SmallImage({ image, size }: { image: ImageElement; size: 'accessory' | 'context' }) {
  const { image_url, alt_text } = image;
  if (isOwn(image_url)) return <img className={styles[size]} src={image_url} alt={alt_text} />;
  return <Elsewhere url={image_url} alt={alt_text} />;
}

/** The page loads nothing from elsewhere; what the picture shows is said instead, with the way to it. */
function Elsewhere({ url, alt }: { url: string | undefined; alt: string }) {
  const link = url === undefined ? undefined : safeLink(url);
  if (link === undefined) return <span className={styles.elsewhere}>Image: {alt}</span>;
  return (
    <a className={styles.elsewhere} href={link} {...OUTWARD}>
      Image: {alt} ({new URL(link).host})
    </a>
  );
}

function isOwn(url: string | undefined): url is string {
  if (url === undefined) return false;
  return url.startsWith('data:image/') || originOf(url) === window.location.origin;
}

function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}
