import { LogLevel, type Logger as SlackLogger } from '@slack/web-api';
import { hideSecrets, type Logger } from '../../log.ts';

/** Slack's SDKs through our log. Their debug lines hold whole payloads, and are left out. */
export function slackLogger(logger: Logger): SlackLogger {
  const say = (messages: unknown[]) => ({ said: hideSecrets(messages.map(String).join(' ')).slice(0, 1000) });
  return {
    debug: () => undefined,
    info: (...messages) => logger.debug(say(messages), 'Slack client'),
    warn: (...messages) => logger.warn(say(messages), 'Slack client'),
    error: (...messages) => logger.warn(say(messages), 'Slack client'),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}
