import { PEOPLE } from '../../../slack/people.ts';
import { channelId } from '../../../slack/state.ts';

/** Whoever and whatever the messages of the gallery name. */
export const NAMED = {
  people: PEOPLE,
  channels: ['incident-response', 'general'].map((name) => ({ id: channelId(name), name })),
};
