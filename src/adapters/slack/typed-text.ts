/**
 * What somebody typed, of what Slack hands on of a command: `&`, `<` and `>` as they were, channels as `#name`, addresses
 * bare, `@here` as typed. A person stays `<@U012AB3CD|name>`, since only the id says who is meant. Pure.
 * https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
export function typedText(text: string): string {
  return text
    .replaceAll(/<#[CG][A-Z0-9]+\|([^>]*)>/g, '#$1')
    .replaceAll(/<!(here|channel|everyone)(?:\|[^>]*)?>/g, '@$1')
    .replaceAll(/<((?:https?:\/\/|mailto:)[^>|]*)(?:\|[^>]*)?>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
