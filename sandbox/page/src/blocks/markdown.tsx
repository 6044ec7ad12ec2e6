import { lexer, type Token, type Tokens } from 'marked';
import { type ReactNode, useMemo } from 'react';
import type { BlockOf } from './block-kit.ts';
import { Heading } from './heading.tsx';
import styles from './markdown.module.css';
import { MarkdownInlines } from './markdown-inline.tsx';
import { Preformatted, Quote } from './set-apart.tsx';
import { TableFrame } from './table-frame.tsx';

/** Standard Markdown. Its tokens become elements; HTML that is written in it stays text. */
export function MarkdownBlock({ block: { text } }: { block: BlockOf<'markdown'> }) {
  const tokens = useMemo(() => lexer(text, { gfm: true }), [text]);
  return (
    <div className={styles.markdown}>
      <Parts tokens={tokens} />
    </div>
  );
}

function Parts({ tokens }: { tokens: Token[] }): ReactNode {
  // biome-ignore lint/suspicious/noArrayIndexKey: a token has no identity beyond its place.
  return tokens.map((token, index) => <BlockToken key={index} token={token as MarkdownToken} />);
}

type MarkdownToken =
  | Tokens.Heading
  | Tokens.Paragraph
  | Tokens.Text
  | Tokens.Blockquote
  | Tokens.Code
  | Tokens.List
  | Tokens.Table
  | Tokens.Hr
  | Tokens.HTML
  | Tokens.Space
  | Tokens.Def;

function BlockToken({ token }: { token: MarkdownToken }): ReactNode {
  switch (token.type) {
    case 'heading':
      return (
        <Heading level={token.depth} className={styles.heading}>
          <MarkdownInlines tokens={token.tokens} />
        </Heading>
      );
    case 'paragraph':
      return (
        <p>
          <MarkdownInlines tokens={token.tokens} />
        </p>
      );
    case 'text':
      return <MarkdownInlines tokens={token.tokens ?? [token]} />;
    case 'blockquote':
      return (
        <Quote>
          <Parts tokens={token.tokens} />
        </Quote>
      );
    case 'code':
      return <Preformatted>{token.text}</Preformatted>;
    case 'list':
      return <List list={token} />;
    case 'table':
      return <Table table={token} />;
    case 'hr':
      return <hr className={styles.rule} />;
    case 'html':
      return <p>{token.text.trim()}</p>;
    case 'space':
    case 'def':
      return null;
  }
}

function List({ list }: { list: Tokens.List }) {
  const items = list.items.map((item, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: an item has no identity beyond its place.
    <li key={index} data-task={item.task || undefined}>
      {item.task && <input type="checkbox" checked={item.checked ?? false} readOnly disabled aria-label="done" />}
      <Parts tokens={item.tokens.filter(({ type }) => type !== 'checkbox')} />
    </li>
  ));
  return list.ordered ? (
    <ol className={styles.list} start={list.start === '' ? 1 : list.start}>
      {items}
    </ol>
  ) : (
    <ul className={styles.list}>{items}</ul>
  );
}

function Table({ table: { header, rows } }: { table: Tokens.Table }) {
  return (
    <TableFrame
      head={header.map(content)}
      rows={rows.map((row) => row.map(content))}
      columns={header.map(({ align }) => ({ align: align ?? undefined, isWrapped: true }))}
    />
  );
}

function content(cell: Tokens.TableCell) {
  return <MarkdownInlines tokens={cell.tokens} />;
}
