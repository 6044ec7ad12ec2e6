import { useSession } from '../session.ts';
import { useSnapshot } from '../store.ts';
import { ChannelList } from './channel-list.tsx';
import { ChannelPane } from './channel-pane.tsx';
import styles from './chat.module.css';
import { Modal } from './modal/modal.tsx';
import { PersonSwitch } from './person-switch.tsx';
import { ThreadPane } from './thread-pane.tsx';
import { useMessages } from './use-conversation.ts';
import { useChannels, useOpenChannel, usePerson } from './use-person.ts';

/** Slack, as the person who is typing has it before them. */
export function Chat() {
  const person = usePerson();
  const people = useSnapshot((snapshot) => snapshot.people);
  const all = useSnapshot((snapshot) => snapshot.channels);
  const channels = useChannels(person);
  const channel = useOpenChannel(channels);
  const messages = useMessages(channel.id);
  const chosen = useSession((state) => state.thread);
  const view = useSnapshot((snapshot) => snapshot.views[person.id]?.at(-1));
  // A thread of another world, or of a channel that is not open, is none.
  const thread = messages.some(({ ts }) => ts === chosen) ? chosen : undefined;
  return (
    <div className={styles.chat}>
      <PersonSwitch person={person} />
      <div className={styles.slack}>
        <div className={styles.client} data-thread={thread !== undefined || undefined} inert={view !== undefined}>
          <ChannelList channels={channels} open={channel} person={person} />
          <ChannelPane channel={channel} person={person} />
          {thread !== undefined && <ThreadPane channel={channel} thread={thread} person={person} />}
        </div>
        {view && <Modal key={view.id} view={view} person={person} people={people} channels={all} />}
      </div>
    </div>
  );
}
