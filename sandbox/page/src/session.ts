import { create } from 'zustand';
import { persist } from 'zustand/middleware';

export type Theme = 'system' | 'light' | 'dark';

/** What belongs to this browser alone: who is typing, what is open, what was read. It outlives a reload. */
interface Kept {
  /** Id of the person who is typing; undefined: the first one. */
  person: string | undefined;
  /** Id of the open channel; undefined: the incident channel. */
  channel: string | undefined;
  /** `ts` of the thread that is open beside the channel. */
  thread: string | undefined;
  /** On a narrow screen, the half that is shown. */
  half: 'chat' | 'world';
  theme: Theme;
  /** Newest `ts` that was seen, by `<person>/<channel>`. */
  read: Record<string, string>;
  invitation: 'open' | 'closed';
  /** The world that `read`, `thread` and `invitation` are about; undefined: none was seen yet. */
  world: number | undefined;
}

/** What one part of the page asks of another; `at` (machine time) tells two equal wishes apart. Gone after a reload. */
interface Wishes {
  /**
   * Text for the composer of the open channel. The composer takes it over: it shows the text in place of what stood
   * there, takes the focus, puts the cursor at its end, sends nothing, and sets `compose` to undefined.
   */
  compose: { text: string; at: number } | undefined;
  /**
   * A message of the open channel that should be seen. The message list scrolls it into view, puts the focus on its
   * first button or else on itself, and sets `reveal` to undefined.
   */
  reveal: { ts: string; at: number } | undefined;
  /** The first switch of the faults should be shown and have the focus. */
  showFaults: { at: number } | undefined;
  /** The question whether to begin a new world should be put. */
  askReset: { at: number } | undefined;
}

interface Session extends Kept, Wishes {
  set(change: Partial<Kept & Wishes>): void;
  markRead(person: string, channel: string, ts: string): void;
  /** Forgets what was about an earlier world; `world` is the snapshot's. */
  enter(world: number): void;
}

const NO_WISHES: Wishes = {
  compose: undefined,
  reveal: undefined,
  showFaults: undefined,
  askReset: undefined,
};

export const useSession = create<Session>()(
  persist(
    (set) => ({
      person: undefined,
      channel: undefined,
      thread: undefined,
      half: 'chat',
      theme: 'system',
      read: {},
      invitation: 'open',
      world: undefined,
      ...NO_WISHES,
      set: (change) => set(change),
      markRead: (person, channel, ts) =>
        set(({ read }) => {
          const key = `${person}/${channel}`;
          return (read[key] ?? '') >= ts ? {} : { read: { ...read, [key]: ts } };
        }),
      enter: (world) =>
        set((session) => {
          if (session.world === world) return {};
          if (session.world === undefined) return { world };
          return { world, thread: undefined, read: {}, invitation: 'open', ...NO_WISHES };
        }),
    }),
    {
      name: 'lifeboat',
      version: 2,
      partialize: ({ person, channel, thread, half, theme, read, invitation, world }): Kept => ({
        person,
        channel,
        thread,
        half,
        theme,
        read,
        invitation,
        world,
      }),
      migrate: (kept) => kept as Kept,
    },
  ),
);
