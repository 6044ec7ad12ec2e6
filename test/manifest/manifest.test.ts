import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { COMMANDS } from '../../commands/index.ts';

/** Scopes of the bot's token that a method needs. https://docs.slack.dev/reference/methods */
const SCOPES: Record<string, string[]> = {
  'auth.test': [],
  // We post into a public channel without having been invited.
  'chat.postMessage': ['chat:write', 'chat:write.public'],
  'chat.postEphemeral': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.history': ['channels:history'],
  'conversations.list': ['channels:read'],
  'conversations.replies': ['channels:history'],
  'views.open': [],
};

const Manifest = z.object({
  display_information: z.object({ name: z.string().max(35), description: z.string().max(140) }),
  features: z.object({
    bot_user: z.object({ display_name: z.string().max(80) }),
    slash_commands: z.array(
      z.object({
        command: z.string().max(32),
        description: z.string().max(2000),
        usage_hint: z.string().max(1000),
        should_escape: z.literal(true),
      }),
    ),
  }),
  oauth_config: z.object({ scopes: z.strictObject({ bot: z.array(z.string()) }) }),
  settings: z.object({
    interactivity: z.object({ is_enabled: z.boolean() }),
    event_subscriptions: z.object({ bot_events: z.array(z.string()) }).optional(),
    socket_mode_enabled: z.boolean(),
  }),
});

const manifest = Manifest.parse(parse(readFileSync('manifest.yml', 'utf8')));
const source = sourceOf('src');

function sourceOf(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}

/** The first group of every match, each once, in order. */
function found(pattern: RegExp): string[] {
  return [...new Set([...source.matchAll(pattern)].map((match) => match[1] ?? ''))].sort();
}

/** Calls of Slack's Web API: `client.chat.postMessage(`, also over line ends. */
const methods = found(
  /(?<![\w$])(?:client|background|interactive)\s*\.\s*((?:admin|apps|auth|bookmarks|bots|canvases|chat|conversations|files|pins|reactions|team|usergroups|users|views)\s*\.\s*\w+)\s*\(/g,
)
  .map((method) => method.replaceAll(/\s/g, ''))
  .toSorted();

describe('the app manifest', () => {
  test('has exactly the commands that the code listens to', () => {
    const declared = manifest.features.slash_commands.map(({ command }) => command).sort();

    expect(declared).toEqual(found(/\bapp\.command\(\s*'([^']+)'/g));
    expect(declared).not.toEqual([]);
  });

  test('has exactly the scopes that the code needs', () => {
    const unknown = methods.filter((method) => !(method in SCOPES));
    const needed = new Set(['commands', ...methods.flatMap((method) => SCOPES[method] ?? [])]);

    expect(unknown).toEqual([]);
    expect(manifest.oauth_config.scopes.bot.toSorted()).toEqual([...needed].sort());
  });

  test('sees the calls that it derives scopes from', () => {
    expect(methods).toEqual(Object.keys(SCOPES).sort());
  });

  test('has exactly the events that the code listens to', () => {
    const events = [...found(/\bapp\.event\(\s*'([^']+)'/g), ...(/\bapp\.message\(/.test(source) ? ['message'] : [])];

    expect(manifest.settings.event_subscriptions?.bot_events ?? []).toEqual(events);
  });

  test('has interactivity and Socket Mode switched on exactly when the code uses them', () => {
    const interactive = /\bapp\.(action|view|shortcut|options)\(/.test(source);

    expect(manifest.settings.interactivity.is_enabled).toBe(interactive);
    expect(manifest.settings.socket_mode_enabled).toBe(source.includes('@slack/socket-mode'));
  });

  test('hints at commands that exist', () => {
    const [hint] = manifest.features.slash_commands.map(({ usage_hint }) => usage_hint);
    const verbs = hint?.split('|').map((part) => part.trim().split(' ')[0]);

    for (const verb of verbs ?? []) expect(COMMANDS.map((command) => command.verb)).toContain(verb);
  });
});
