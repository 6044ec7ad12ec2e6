import type { Slack } from '../../../sandbox/slack/server.ts';
import type { WorkspaceChange } from '../../../sandbox/slack/workspace.ts';
import { type SlackAdapter, startSlackAdapter } from '../../../src/adapters/slack/index.ts';
import type { SlackConfig } from '../../../src/config.ts';
import { createLogger } from '../../../src/log.ts';
import { startTestSlack } from '../../sandbox/slack/workspace.ts';
import { type BotBench, createBotBench } from '../../support/bot.ts';

export interface SlackBench {
  slack: Slack;
  bot: BotBench;
  adapter: SlackAdapter;
  /** Resolves with the first change that `wanted` gives something for; those of the past count, too. */
  seen<T>(wanted: (change: WorkspaceChange) => T | undefined): Promise<T>;
  /** The text of the first ephemeral message to `user` that matches. */
  whispered(user: string, pattern: RegExp): Promise<string>;
  close(): Promise<void>;
}

export function socketConfig(slack: Slack): SlackConfig {
  return { mode: 'socket', botToken: slack.botToken, appToken: slack.appToken, apiUrl: slack.apiUrl };
}

/** The real bot, as far as Slack sees it, over the simulated Slack: adapter, dispatcher, use cases, store. */
export async function createSlackBench(): Promise<SlackBench> {
  const slack = await startTestSlack();
  const bot = await createBotBench();
  const changes: WorkspaceChange[] = [];
  slack.workspace.on('change', (change) => changes.push(change));
  const adapter = await startSlackAdapter({
    config: socketConfig(slack),
    dispatcher: bot.dispatcher,
    logger: createLogger('silent'),
  });

  async function seen<T>(wanted: (change: WorkspaceChange) => T | undefined): Promise<T> {
    for (const change of changes) {
      const found = wanted(change);
      if (found !== undefined) return found;
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        slack.workspace.off('change', look);
        reject(new Error(`nothing of the kind within 30 s; seen: ${JSON.stringify(changes).slice(0, 2000)}`));
      }, 30_000);
      function look(change: WorkspaceChange) {
        const found = wanted(change);
        if (found === undefined) return;
        clearTimeout(timer);
        slack.workspace.off('change', look);
        resolve(found);
      }
      slack.workspace.on('change', look);
    });
  }

  return {
    slack,
    bot,
    adapter,
    seen,
    whispered: (user, pattern) =>
      seen((change) =>
        change.type === 'ephemeral' && change.message.to === user && pattern.test(change.message.text)
          ? change.message.text
          : undefined,
      ),
    async close() {
      await adapter.close();
      await bot.close();
      await slack.close();
    },
  };
}
