import type { Style } from './style.ts';

/** Slack's names for what people and channels are called here. */
export interface Names {
  person(id: string): string;
  channel(id: string): string;
}

/** Slack's mrkdwn as terminal text. Pure. */
export function mrkdwn(text: string, names: Names, style: Style): string {
  return decode(
    text
      .replaceAll(/<([^<>]+)>/g, (_whole, reference: string) => readReference(reference, names, style))
      .replaceAll(/```([\s\S]+?)```/g, (_whole, code: string) => style.accent(code.trim()))
      .replaceAll(/`([^`\n]+)`/g, (_whole, code: string) => style.accent(code))
      .replaceAll(
        /(^|[^\w*])\*(\S(?:[^*\n]*\S)?)\*(?![\w*])/g,
        (_whole, before: string, bold: string) => before + style.bold(bold),
      )
      .replaceAll(
        /(^|[^\w_])_(\S(?:[^_\n]*\S)?)_(?![\w_])/g,
        (_whole, before: string, italic: string) => before + italic,
      )
      .replaceAll(
        /(^|[^\w~])~(\S(?:[^~\n]*\S)?)~(?![\w~])/g,
        (_whole, before: string, struck: string) => `${before}(${struck})`,
      ),
  );
}

/** What stands between `<` and `>`: a person, a channel, a date, a group, a link. */
function readReference(reference: string, names: Names, style: Style): string {
  const [target = '', label] = reference.split('|');
  if (target.startsWith('@')) return style.bold(`@${names.person(target.slice(1))}`);
  if (target.startsWith('#')) return `#${label ?? names.channel(target.slice(1))}`;
  if (target.startsWith('!date^')) return label ?? target;
  if (target.startsWith('!')) return `@${label ?? target.slice(1)}`;
  return label === undefined || label === target ? target : `${label} (${target.replace(/^mailto:/, '')})`;
}

function decode(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
