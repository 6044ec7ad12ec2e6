import type { ReactNode } from 'react';
import { spokenName } from './emoji.ts';
import styles from './inline.module.css';
import { OUTWARD } from './links.ts';
import type { Inline } from './mrkdwn-tree.ts';
import { channelNamed, type Named, personNamed } from './named.ts';

/** Pieces of a line, in their order. */
export function Inlines({ nodes, named }: { nodes: Inline[]; named: Named }): ReactNode {
  // A line's pieces have no identity of their own beyond their place in it.
  // biome-ignore lint/suspicious/noArrayIndexKey: as above
  return nodes.map((node, index) => <Piece key={index} node={node} named={named} />);
}

function Piece({ node, named }: { node: Inline; named: Named }): ReactNode {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'bold':
      return (
        <b className={styles.bold}>
          <Inlines nodes={node.children} named={named} />
        </b>
      );
    case 'italic':
      return (
        <i>
          <Inlines nodes={node.children} named={named} />
        </i>
      );
    case 'strike':
      return (
        <s>
          <Inlines nodes={node.children} named={named} />
        </s>
      );
    case 'code':
      return (
        <code className={styles.code}>
          <Inlines nodes={node.children} named={named} />
        </code>
      );
    case 'link':
      return (
        <Outward url={node.url}>
          <Inlines nodes={node.children} named={named} />
        </Outward>
      );
    case 'person':
      return <PersonMention id={node.id} label={node.label} named={named} />;
    case 'channel':
      return <ChannelMention id={node.id} label={node.label} named={named} />;
    case 'group':
      return <span className={styles.person}>@{node.label?.replace(/^@/, '') ?? node.id}</span>;
    case 'broadcast':
      return <Broadcast range={node.range} />;
    case 'date': {
      const time = <time dateTime={node.iso}>{node.text}</time>;
      return node.url === undefined ? time : <Outward url={node.url}>{time}</Outward>;
    }
    case 'emoji':
      return <Emoji character={node.character} name={node.name} />;
  }
}

/** A link out of the page. `url` has been found safe. */
export function Outward({ url, children }: { url: string; children: ReactNode }) {
  return (
    <a className={styles.link} href={url} title={url} {...OUTWARD}>
      {children}
    </a>
  );
}

export function PersonMention({ id, label, named }: { id: string; label?: string | undefined; named: Named }) {
  return <span className={styles.person}>@{personNamed(id, label, named)}</span>;
}

export function ChannelMention({ id, label, named }: { id: string; label?: string | undefined; named: Named }) {
  return <span className={styles.channel}>#{channelNamed(id, label, named)}</span>;
}

export function Broadcast({ range }: { range: string }) {
  return <span className={styles.broadcast}>@{range.replace(/^@/, '')}</span>;
}

/** A picture in a line; one that was written as `:name:` is said by its name. */
export function Emoji({ character, name }: { character: string; name?: string | undefined }) {
  if (name === undefined) return <span className={styles.emoji}>{character}</span>;
  return (
    <span className={styles.emoji} role="img" aria-label={spokenName(name)} title={`:${name}:`}>
      {character}
    </span>
  );
}
