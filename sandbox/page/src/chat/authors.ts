import { APP, SLACKBOT } from '../../../slack/app.ts';
import type { Person } from '../../../slack/state.ts';

export interface Author {
  id: string;
  name: string;
  kind: 'app' | 'slack' | 'person';
  /** For a person: what the sandbox calls them, like `approver`. */
  role?: string;
}

/** Who wrote something, by the id in its `user`. */
export function authorOf(user: string, people: Person[]): Author {
  if (user === APP.botUserId) return APP_AUTHOR;
  if (user === SLACKBOT) return { id: user, name: 'Slackbot', kind: 'slack' };
  const person = people.find(({ id }) => id === user);
  if (!person) return { id: user, name: user, kind: 'person' };
  return { id: user, name: person.realName, kind: 'person', role: person.name };
}

/** The bot itself. */
export const APP_AUTHOR: Author = { id: APP.botUserId, name: APP.name, kind: 'app' };
