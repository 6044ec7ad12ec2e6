/**
 * Makes text that a person typed, or infrastructure named, safe inside Slack's mrkdwn: it is shown as it is, never as a
 * link, a mention or a channel call (https://docs.slack.dev/messaging/formatting-message-text#escaping).
 */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
