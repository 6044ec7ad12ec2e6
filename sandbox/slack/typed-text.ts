import type { Channel } from './state.ts';

const EVERYBODY = ['here', 'channel', 'everyone'];

/**
 * What somebody typed, as Slack stores it: `&`, `<` and `>` escaped; `@name`, `#channel`, `@here` and web addresses in
 * angle brackets; nothing of the kind inside code. Pure.
 * https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
export function typedText(text: string, people: { id: string; name: string }[], channels: Channel[]): string {
  const parts = text.split(/(```[\s\S]*?```|`[^`\n]+`)/);
  // Every second part is code.
  return parts
    .map((part, index) => (index % 2 === 1 ? escaped(part) : withReferences(part, people, channels)))
    .join('');
}

function withReferences(text: string, people: { id: string; name: string }[], channels: Channel[]): string {
  return text
    .split(/(https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)'"])/)
    .map((part, index) => (index % 2 === 1 ? `<${escaped(part)}>` : withMentions(escaped(part), people, channels)))
    .join('');
}

function withMentions(text: string, people: { id: string; name: string }[], channels: Channel[]): string {
  return text
    .replaceAll(/(?<![\w@])@([\w.-]*\w)/g, (whole, word: string) => {
      const name = word.toLowerCase();
      if (EVERYBODY.includes(name)) return `<!${name}>`;
      const person = people.find((candidate) => candidate.name.toLowerCase() === name);
      return person ? `<@${person.id}>` : whole;
    })
    .replaceAll(/(?<![\w#&])#([\w-]*\w)/g, (whole, name: string) => {
      const channel = channels.find((candidate) => candidate.directTo === undefined && candidate.name === name);
      return channel ? `<#${channel.id}|${channel.name}>` : whole;
    });
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
