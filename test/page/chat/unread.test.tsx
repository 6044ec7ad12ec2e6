import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { act, cleanup, fireEvent, screen } from '@testing-library/react';
import { APPROVER, REQUESTER } from '../store/snapshot.ts';
import {
  channel,
  conversations,
  forgetEverything,
  GENERAL,
  LIFEBOAT,
  message,
  openChat,
  person,
  said,
  says,
  ts,
} from './slack.tsx';

beforeEach(forgetEverything);
afterEach(cleanup);

const entry = (name: RegExp) => conversations().getByRole('button', { name });
const inGeneral = (seconds: number, change = {}) => message(seconds, { channel: GENERAL, ...change });

/** Somebody reads further up in a list of 2,000 pixels, of which 500 are in sight. */
function readFurtherUp(): HTMLElement {
  const list = screen.getByRole('log', { name: /incident-response/ });
  jest.spyOn(list, 'scrollHeight', 'get').mockReturnValue(2000);
  // The list has grown: it is looked at where it stands now.
  fireEvent.click(entry(/general/));
  fireEvent.click(entry(/incident-response/));
  list.scrollTop = 0;
  fireEvent.scroll(list);
  return list;
}

describe('unread messages', () => {
  it('are counted at their channel, and no longer once it is opened', async () => {
    const { user } = openChat();

    says(inGeneral(2));
    says(inGeneral(3));
    const before = entry(/general/);
    const counted = before.textContent;
    await user.click(before);
    await user.click(entry(/incident-response/));

    expect(counted).toContain('2 unread');
    expect(entry(/general/).textContent).not.toContain('unread');
  });

  it('of the open channel are read as they come, and one’s own are never unread', () => {
    openChat();

    says(message(2));
    says(inGeneral(3, { user: REQUESTER.id }));

    expect(entry(/incident-response/).textContent).not.toContain('unread');
    expect(entry(/general/).textContent).not.toContain('unread');
  });

  it('that name the person are counted apart', () => {
    openChat();

    says(inGeneral(2));
    says(inGeneral(3, { text: 'Could you look, <@U0REQUESTER>?' }));

    expect(entry(/general/).textContent).toContain('2 unread, 1 for you');
  });

  it('in direct messages are all for the person', () => {
    openChat();

    says(message(2, { channel: 'D0REQUESTER', user: LIFEBOAT, text: 'Your plan waits' }));

    expect(entry(/Lifeboat/).textContent).toContain('1 unread, 1 for you');
  });

  it('are each person’s own', async () => {
    const { user } = openChat();
    says(inGeneral(2, { user: LIFEBOAT }));
    await user.click(entry(/general/));
    await user.click(entry(/incident-response/));

    await user.click(person(/^approver/i));

    expect(entry(/general/).textContent).toContain('1 unread');
  });

  it('do not include replies, which their thread tells of', () => {
    openChat();
    says(inGeneral(2, { user: REQUESTER.id }));

    says(inGeneral(3, { threadTs: ts(2) }));

    expect(entry(/general/).textContent).not.toContain('unread');
  });

  it('stay unread while the person reads further up, and are one click away', async () => {
    const { user } = openChat();
    const list = readFurtherUp();

    says(message(7));
    const waiting = channel().getByRole('button', { name: /1 new message/ });
    const unread = entry(/incident-response/).textContent;
    const standing = list.scrollTop;
    await user.click(waiting);

    expect(unread).toContain('1 unread');
    expect(standing).toBe(0);
    expect(list.scrollTop).toBe(2000);
    expect(entry(/incident-response/).textContent).not.toContain('unread');
    expect(channel().queryByRole('button', { name: /new message/ })).toBeNull();
  });

  it('stay unread in a tab that nobody looks at, and are marked as new afterwards', () => {
    openChat();
    const seen = jest.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    act(() => void document.dispatchEvent(new Event('visibilitychange')));

    says(message(7, { text: 'while away' }));
    const away = entry(/incident-response/).textContent;
    seen.mockReturnValue('visible');
    act(() => void document.dispatchEvent(new Event('visibilitychange')));

    expect(away).toContain('1 unread');
    expect(entry(/incident-response/).textContent).not.toContain('unread');
    const headings = said().getAllByRole('heading', { level: 3 });
    expect(headings.at(-1)?.textContent).toBe('New');
    expect(headings.at(-1)?.nextElementSibling?.textContent).toContain('while away');
  });

  it('of somebody else are pointed at where one becomes them', () => {
    openChat();

    says(message(2, { user: LIFEBOAT, text: '<@U0APPROVER> must decide' }));

    expect(screen.getByRole('radio', { name: /approver.*mentioned in unread messages/i })).toBeTruthy();
    expect(screen.queryByRole('radio', { name: /commander.*mentioned/i })).toBeNull();
    expect(APPROVER.id).toBe('U0APPROVER');
  });
});
