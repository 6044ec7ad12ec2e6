import { describe, expect, test } from '@jest/globals';
import { createLogger } from '../../src/log.ts';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(createLogger('trace', { write: (line) => void lines.push(line) }));
  return lines.join('');
}

describe('the log', () => {
  test.each([
    ['a field named like a secret', { password: 'hunter2' }],
    ['a field deep inside', { request: { headers: { Authorization: 'hunter2' } } }],
    ['a routing key', { routingKey: 'hunter2' }],
    ['a list', { all: [{ secret: 'hunter2' }] }],
    ['an address of an answer', { replyTo: 'https://hooks.slack.com/commands/T1/hunter2' }],
    ['a Slack bot token in a text', { said: 'token xoxb-12-hunter2 is bad' }],
    ['a Slack app token in a text', { said: 'xapp-1-A0-hunter2' }],
    ['a database URL', { url: 'postgres://lifeboat:hunter2@db:5432/x' }],
    ['a response URL', { url: 'https://hooks.slack.com/actions/T1/2/hunter2' }],
    ['an assignment in a text', { said: 'password=hunter2 user=x' }],
    ['an error', { err: new Error('connect postgres://a:hunter2@db failed', { cause: new Error('Bearer hunter2') }) }],
  ])('hides %s', (_what, fields) => {
    const line = logged((logger) => logger.info(fields, 'Something happened'));

    expect(line).toContain('Something happened');
    expect(line).not.toContain('hunter2');
  });

  test('hides secrets in messages and in what a child logger is bound to', () => {
    const line = logged((logger) => logger.child({ token: 'hunter2' }).warn('Used xoxb-1-hunter2'));

    expect(line).toContain('Used [hidden]');
    expect(line).not.toContain('hunter2');
  });

  test('writes one line of JSON with level, time, ids and a static message', () => {
    const line = logged((logger) => logger.info({ runId: 'INC-1.r1', failures: 2 }, 'Lease lost'));

    expect(JSON.parse(line)).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      runId: 'INC-1.r1',
      failures: 2,
      msg: 'Lease lost',
    });
  });
});
