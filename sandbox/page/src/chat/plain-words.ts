import type { Channel, Person } from '../../../slack/state.ts';
import { authorOf } from './authors.ts';

/** A message's text as it is spoken: mentions by name, without marks. Pure. */
export function plainWords(text: string, people: Person[], channels: Channel[]): string {
  return text
    .replaceAll(/<([^<>]+)>/g, (_whole, reference: string) => {
      const [target = '', label] = reference.split('|');
      if (target.startsWith('@')) return authorOf(target.slice(1), people).name;
      if (target.startsWith('#')) return channels.find(({ id }) => id === target.slice(1))?.name ?? label ?? target;
      if (target.startsWith('!date^')) return label ?? '';
      if (target.startsWith('!')) return label ?? target.slice(1);
      return label ?? target;
    })
    .replaceAll(/(^|[^\w*])\*(\S(?:[^*\n]*\S)?)\*(?![\w*])/g, '$1$2')
    .replaceAll(/(^|[^\w_])_(\S(?:[^_\n]*\S)?)_(?![\w_])/g, '$1$2')
    .replaceAll(/[`~]/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim();
}
