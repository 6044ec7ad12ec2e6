import { beforeEach, describe, expect, test } from '@jest/globals';
import { useSession } from '../../../sandbox/page/src/session.ts';

const first = useSession.getState();

describe('what belongs to this browser', () => {
  beforeEach(() => {
    localStorage.clear();
    useSession.setState(first, true);
  });

  test('is kept over the first world that is seen, and forgotten with the next', () => {
    const { set, enter, markRead } = useSession.getState();
    set({ person: 'U0APPROVER', theme: 'dark', invitation: 'closed', thread: '1' });
    markRead('U0APPROVER', 'C0', '5');

    enter(100);
    const during = useSession.getState();
    enter(100);
    const still = useSession.getState();
    enter(200);
    const next = useSession.getState();

    expect(during).toMatchObject({ invitation: 'closed', thread: '1', read: { 'U0APPROVER/C0': '5' } });
    expect(still).toMatchObject({ invitation: 'closed' });
    expect(next).toMatchObject({ invitation: 'open', thread: undefined, read: {} });
    expect(next).toMatchObject({ person: 'U0APPROVER', theme: 'dark' });
  });

  test('outlives a reload, but what one part asks of another does not', () => {
    useSession.getState().set({ half: 'world', compose: { text: '/dr status', at: 1 }, reveal: { ts: '1', at: 1 } });

    const kept = JSON.parse(localStorage.getItem('lifeboat') ?? '{}');

    expect(kept.state.half).toBe('world');
    expect(Object.keys(kept.state)).not.toEqual(expect.arrayContaining(['compose']));
    expect(Object.keys(kept.state)).not.toEqual(expect.arrayContaining(['reveal']));
  });

  test('reads only ever further', () => {
    const { markRead } = useSession.getState();

    markRead('U0A', 'C0', '5');
    markRead('U0A', 'C0', '3');

    expect(useSession.getState().read).toEqual({ 'U0A/C0': '5' });
  });
});
