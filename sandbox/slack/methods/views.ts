import { z } from 'zod';
import { canPush, readView, wireView } from '../modal.ts';
import type { View } from '../state.ts';
import type { Workspace } from '../workspace.ts';
import { type Method, Refusal, read, refuseFields, structure } from './method.ts';

const Open = z.object({ trigger_id: z.string().min(1), view: structure });

export const open: Method = {
  token: 'bot',
  perMinute: 100,
  mutating: true,
  run({ workspace, args }) {
    const { trigger_id, view: input } = read(Open, args);
    const view = accepted(readView(workspace, input, {}));
    const user = exchange(workspace, trigger_id);
    workspace.setViews(user, [view]);
    return { view: wireView(workspace, view, {}) };
  },
};

export const push: Method = {
  token: 'bot',
  perMinute: 100,
  mutating: true,
  run({ workspace, args }) {
    const { trigger_id, view: input } = read(Open, args);
    const user = exchange(workspace, trigger_id);
    const above = workspace.views(user).at(-1);
    if (!above) throw new Refusal('invalid_trigger_id');
    if (!canPush(workspace, user)) throw new Refusal('push_limit_reached');
    const view = accepted(readView(workspace, input, { above }));
    workspace.setViews(user, [...workspace.views(user), view]);
    return { view: wireView(workspace, view, {}) };
  },
};

const Update = z.object({
  view_id: z.string().optional(),
  external_id: z.string().optional(),
  hash: z.string().optional(),
  view: structure,
});

export const update: Method = {
  token: 'bot',
  perMinute: 100,
  mutating: true,
  run({ workspace, args }) {
    const { view_id, external_id, hash, view: input } = read(Update, args);
    for (const [user, views] of Object.entries(workspace.state.views)) {
      const old = views.find(
        ({ id, externalId }) => id === view_id || (externalId !== '' && externalId === external_id),
      );
      if (!old) continue;
      if (hash !== undefined && hash !== old.hash) throw new Refusal('hash_conflict');
      const view = accepted(readView(workspace, input, { replaces: old }));
      workspace.setViews(
        user,
        views.map((candidate) => (candidate === old ? view : candidate)),
      );
      return { view: wireView(workspace, view, {}) };
    }
    throw new Refusal('not_found');
  },
};

function accepted(verdict: ReturnType<typeof readView>): View {
  if (!verdict.ok) throw refuseFields(verdict.error, verdict.problems);
  return verdict.view;
}

function exchange(workspace: Workspace, trigger: string): string {
  const result = workspace.triggers.exchange(trigger);
  if ('error' in result) throw new Refusal(result.error);
  return result.user;
}
