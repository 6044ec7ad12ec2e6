import type { Token, Tokens } from 'marked';
import type { ReactNode } from 'react';
import inline from './inline.module.css';
import { Outward } from './inline.tsx';
import { safeLink } from './links.ts';
import { Plain } from './text.tsx';

type InlineToken =
  | Tokens.Text
  | Tokens.Escape
  | Tokens.Strong
  | Tokens.Em
  | Tokens.Del
  | Tokens.Codespan
  | Tokens.Link
  | Tokens.Image
  | Tokens.Br
  | Tokens.Tag;

/** A line of Markdown. */
export function MarkdownInlines({ tokens }: { tokens: Token[] }): ReactNode {
  // biome-ignore lint/suspicious/noArrayIndexKey: a token has no identity beyond its place.
  return tokens.map((token, index) => <Piece key={index} token={token as InlineToken} />);
}

function Piece({ token }: { token: InlineToken }): ReactNode {
  switch (token.type) {
    case 'strong':
      return (
        <b>
          <MarkdownInlines tokens={token.tokens} />
        </b>
      );
    case 'em':
      return (
        <i>
          <MarkdownInlines tokens={token.tokens} />
        </i>
      );
    case 'del':
      return (
        <s>
          <MarkdownInlines tokens={token.tokens} />
        </s>
      );
    case 'codespan':
      return <code className={inline.code}>{token.text}</code>;
    case 'link': {
      const url = safeLink(token.href);
      const children = <MarkdownInlines tokens={token.tokens} />;
      return url === undefined ? children : <Outward url={url}>{children}</Outward>;
    }
    case 'image': {
      const url = safeLink(token.href);
      const words = `Image: ${token.text}`;
      return url === undefined ? words : <Outward url={url}>{words}</Outward>;
    }
    case 'br':
      return <br />;
    case 'text':
      return 'tokens' in token && token.tokens ? (
        <MarkdownInlines tokens={token.tokens} />
      ) : (
        <Plain text={unescaped(token.text)} />
      );
    default:
      return token.text;
  }
}

/** Markdown knows HTML's entities; the few that people write are read. */
function unescaped(text: string): string {
  return text.replaceAll(/&(?:lt|gt|amp|quot|#39|nbsp);/g, (entity) => ENTITIES[entity] ?? entity);
}

const ENTITIES: Record<string, string> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
  '&nbsp;': '\u{A0}',
};
