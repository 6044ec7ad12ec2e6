import { describe, expect, test } from '@jest/globals';
import { replyMessage } from '../../src/blocks/reply.ts';
import { InvalidInput, Permanent } from '../../src/domain/errors.ts';
import { failed } from '../../src/usecases/problems.ts';
import { done } from '../../src/usecases/reply.ts';

const about = { id: '1795263441409.e4acca15', notDone: 'Nothing was aborted.' };

describe('a reply', () => {
  test('that refuses says what stands and no more: nothing was tried, so there is nothing to report', () => {
    const message = replyMessage(failed(new InvalidInput('x', '<@U0COMMANDER> is already aborting it.'), about));

    expect(message.text).toBe('⛔ <@U0COMMANDER> is already aborting it.');
    expect(message.blocks).toHaveLength(1);
  });

  test('about a failure says what was not done and what to do', () => {
    const message = replyMessage(failed(new Permanent('x', 'AWS refuses the credentials.'), about));

    expect(message.text).toContain('Nothing was aborted. Mend what it names, then ask again.');
    expect(message.blocks).toHaveLength(2);
  });

  test('about what should never happen has a reference to report it under', () => {
    const message = replyMessage(failed(new TypeError('x is not a function'), about));

    expect(message.text).not.toContain('x is not a function');
    expect(JSON.stringify(message.blocks)).toContain('To report it: reference 1795263441409.e4acca15');
  });

  test('cannot call a channel, and cuts nothing in half', () => {
    const message = replyMessage(done(`<!channel> ${'&'.repeat(4000)}`));

    expect(message.text).toContain('&lt;!channel&gt;');
    expect(message.text.length).toBeLessThanOrEqual(3500);
    expect(message.text).not.toMatch(/&(?!lt;|gt;|amp;)/);
  });
});
