import { APP } from '../app.ts';
import { readView, wireView } from '../modal.ts';
import type { Person, View } from '../state.ts';
import type { Workspace } from '../workspace.ts';
import type { FilledIn, Seen } from './seen.ts';
import { isEmpty, stateOf } from './values.ts';

const TROUBLE = 'We had some trouble connecting. Try again?';

/** Sends the person's top modal to the app, unless the client itself sees that a required input is empty. */
export async function submitView(workspace: Workspace, person: Person, filledIn: FilledIn): Promise<Seen> {
  const view = topView(workspace, person);
  const values = stateOf(view.blocks, filledIn);
  const missing = view.blocks.filter((block) => {
    const value = Object.values(values[block.block_id ?? ''] ?? {})[0];
    return block.type === 'input' && block.optional !== true && (!value || isEmpty(value));
  });
  if (missing.length > 0) {
    const errors = Object.fromEntries(
      missing.map(({ block_id }) => [String(block_id), 'Please complete this required field.']),
    );
    return { outcome: 'not-sent', text: 'Please complete this required field.', errors };
  }
  const result = await workspace.delivery.deliver('interactive', {
    ...envelope(workspace, person),
    type: 'view_submission',
    trigger_id: workspace.triggers.issue(person.id),
    view: wireView(workspace, view, values),
    response_urls: [],
  });
  if (!result.acknowledged) return { outcome: 'failed', error: result.error, text: TROUBLE };
  return follow(workspace, person, view, result.body);
}

/** Closes the person's top modal; the app is told when the modal asked for it. */
export async function closeView(workspace: Workspace, person: Person): Promise<Seen> {
  const view = topView(workspace, person);
  workspace.setViews(person.id, workspace.views(person.id).slice(0, -1));
  if (!view.notifyOnClose) return { outcome: 'acknowledged' };
  await workspace.delivery.deliver('interactive', {
    ...envelope(workspace, person),
    type: 'view_closed',
    is_cleared: false,
    view: wireView(workspace, view, {}),
  });
  return { outcome: 'acknowledged' };
}

/** Does what the acknowledgement of a submission says: close, clear, replace, push, or show errors. */
function follow(workspace: Workspace, person: Person, view: View, body: Record<string, unknown>): Seen {
  const below = workspace.views(person.id).slice(0, -1);
  switch (body.response_action) {
    case undefined:
      workspace.setViews(person.id, below);
      return { outcome: 'acknowledged' };
    case 'clear':
      workspace.setViews(person.id, []);
      return { outcome: 'acknowledged' };
    case 'errors': {
      const errors = Object.entries(body.errors ?? {}).map(([id, text]) => [id, String(text)] as const);
      const inputs = new Set(view.blocks.filter(({ type }) => type === 'input').map(({ block_id }) => block_id));
      const valid = errors.length > 0 && errors.every(([id]) => inputs.has(id));
      if (!valid) return { outcome: 'failed', error: 'invalid_errors', text: TROUBLE };
      return { outcome: 'acknowledged', view, errors: Object.fromEntries(errors) };
    }
    case 'update':
    case 'push': {
      const next = readView(
        workspace,
        body.view,
        body.response_action === 'update' ? { replaces: view } : { above: view },
      );
      if (!next.ok) return { outcome: 'failed', error: next.error, text: TROUBLE };
      workspace.setViews(
        person.id,
        body.response_action === 'update' ? [...below, next.view] : [...below, view, next.view],
      );
      return { outcome: 'acknowledged', view: next.view };
    }
    default:
      return { outcome: 'failed', error: 'invalid_response_action', text: TROUBLE };
  }
}

function topView(workspace: Workspace, person: Person): View {
  const view = workspace.views(person.id).at(-1);
  if (!view) throw new Error(`${person.name} has no dialog open`);
  return view;
}

function envelope(workspace: Workspace, person: Person): Record<string, unknown> {
  const { team } = workspace.state;
  return {
    team: { id: team.id, domain: team.domain },
    user: { id: person.id, username: person.name, name: person.name, team_id: team.id },
    api_app_id: APP.id,
    token: 'legacy-verification-token',
    enterprise: null,
    is_enterprise_install: false,
  };
}
