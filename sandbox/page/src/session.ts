import { create } from 'zustand';
import { persist } from 'zustand/middleware';

export type Theme = 'system' | 'light' | 'dark';

/** What belongs to this browser alone: who is typing, what is open, what was read. It outlives a reload. */
interface Session {
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
  set(change: Partial<Omit<Session, 'set' | 'markRead'>>): void;
  markRead(person: string, channel: string, ts: string): void;
}

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
      set: (change) => set(change),
      markRead: (person, channel, ts) =>
        set(({ read }) => {
          const key = `${person}/${channel}`;
          return (read[key] ?? '') >= ts ? {} : { read: { ...read, [key]: ts } };
        }),
    }),
    { name: 'lifeboat', version: 1 },
  ),
);
