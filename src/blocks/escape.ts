/**
 * Makes text that a person typed, or infrastructure named, safe inside Slack's mrkdwn: it is shown as it is, never as a
 * link, a mention or a channel call (https://docs.slack.dev/messaging/formatting-message-text#escaping).
 */
export function escapeText(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  // Naming one person is what our own sentences do; calling a whole channel stays impossible.
  return escaped.replaceAll(/&lt;(@[UW][A-Z0-9]+)&gt;/g, '<$1>');
}
