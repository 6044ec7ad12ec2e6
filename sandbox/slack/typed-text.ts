import type { Channel } from './state.ts';

interface NamedPerson {
  id: string;
  name: string;
}

const EVERYBODY = ['here', 'channel', 'everyone'];

/**
 * What somebody typed, as Slack stores it: `&`, `<` and `>` escaped; `@name`, `#channel`, `@here` and web addresses in
 * angle brackets; nothing of the kind inside code. An app is handed the same of a command whose manifest says
 * `should_escape`, there with `named`, which gives people their names too. Pure.
 * https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
export function typedText(
  text: string,
  people: NamedPerson[],
  channels: Channel[],
  { named = false }: { named?: boolean } = {},
): string {
  const parts = text.split(/(```[\s\S]*?```|`[^`\n]+`)/);
  // Every second part is code.
  return parts
    .map((part, index) => (index % 2 === 1 ? escaped(part) : withReferences(part, people, channels, named)))
    .join('');
}

function withReferences(text: string, people: NamedPerson[], channels: Channel[], named: boolean): string {
  return text
    .split(/(https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)'"])/)
    .map((part, index) =>
      index % 2 === 1 ? `<${escaped(part)}>` : withMentions(escaped(part), people, channels, named),
    )
    .join('');
}

function withMentions(text: string, people: NamedPerson[], channels: Channel[], named: boolean): string {
  return text
    .replaceAll(/(?<![\w@])@([\w.-]*\w)/g, (whole, word: string) => {
      const name = word.toLowerCase();
      if (EVERYBODY.includes(name)) return `<!${name}>`;
      const person = people.find((candidate) => candidate.name.toLowerCase() === name);
      return person ? `<@${person.id}${named ? `|${person.name}` : ''}>` : whole;
    })
    .replaceAll(/(?<![\w#&])#([\w-]*\w)/g, (whole, name: string) => {
      const channel = channels.find((candidate) => candidate.directTo === undefined && candidate.name === name);
      return channel ? `<#${channel.id}|${channel.name}>` : whole;
    });
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
