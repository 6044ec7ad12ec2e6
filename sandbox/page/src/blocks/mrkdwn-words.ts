import { type Inline, mrkdwnTree } from './mrkdwn-tree.ts';
import { channelNamed, type Named, personNamed } from './named.ts';

/** Slack's mrkdwn as plain words, as in a notification: without marks, and with names for ids. Pure. */
export function mrkdwnWords(text: string, named: Named): string {
  return mrkdwnTree(text)
    .map(({ children }) => words(children, named))
    .join('\n');
}

function words(nodes: Inline[], named: Named): string {
  return nodes.map((node) => word(node, named)).join('');
}

function word(node: Inline, named: Named): string {
  switch (node.kind) {
    case 'text':
    case 'date':
      return node.text;
    case 'emoji':
      return node.character;
    case 'person':
      return `@${personNamed(node.id, node.label, named)}`;
    case 'channel':
      return `#${channelNamed(node.id, node.label, named)}`;
    case 'group':
      return `@${node.label?.replace(/^@/, '') ?? node.id}`;
    case 'broadcast':
      return `@${node.range.replace(/^@/, '')}`;
    default:
      return words(node.children, named);
  }
}
