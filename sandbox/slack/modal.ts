import { z } from 'zod';
import { APP } from './app.ts';
import { problem } from './blocks/problems.ts';
import { blockId, bounded, plainText } from './blocks/text.ts';
import { validateBlocks } from './blocks/validate.ts';
import type { StateValues, View } from './state.ts';
import type { Workspace } from './workspace.ts';

const MOST_VIEWS = 3;

const Modal = z.strictObject({
  type: z.literal('modal'),
  ...blockId,
  title: plainText(24),
  submit: plainText(24).optional(),
  close: plainText(24).optional(),
  blocks: z.array(z.unknown()).max(100),
  callback_id: z.string().max(255).optional(),
  private_metadata: z.string().max(3000).optional(),
  external_id: bounded(255).optional(),
  clear_on_close: z.boolean().optional(),
  notify_on_close: z.boolean().optional(),
  submit_disabled: z.boolean().optional(),
});

export type ViewVerdict = { ok: true; view: View } | { ok: false; error: string; problems: string[] };

/**
 * Checks a view as views.open, .update and .push do, and makes it one of the workspace's.
 * `replaces` keeps the identity of the view that is updated; `above` is the view it is pushed on.
 */
export function readView(workspace: Workspace, input: unknown, place: { replaces?: View; above?: View }): ViewVerdict {
  const parsed = Modal.safeParse(input);
  if (!parsed.success) {
    return refuse(
      'invalid_arguments',
      parsed.error.issues.map((issue) => problem(issue, input, '/view')),
    );
  }
  const modal = parsed.data;
  const blocks = validateBlocks(modal.blocks, 'modal', '/view/blocks');
  if (!blocks.ok) return refuse('invalid_arguments', blocks.problems);
  if (blocks.blocks.some(({ type }) => type === 'input') && !modal.submit) {
    return refuse('invalid_arguments', ['missing required field: submit [json-pointer:/view]']);
  }
  if (JSON.stringify(input).length > 250_000) return refuse('view_too_large', []);
  const id = place.replaces?.id ?? workspace.nextId('V');
  const previousViewId = place.replaces?.previousViewId ?? place.above?.id;
  const view: View = {
    id,
    type: 'modal',
    callbackId: modal.callback_id ?? '',
    title: modal.title,
    ...(modal.submit && { submit: modal.submit }),
    ...(modal.close && { close: modal.close }),
    blocks: blocks.blocks,
    privateMetadata: modal.private_metadata ?? '',
    externalId: modal.external_id ?? '',
    clearOnClose: modal.clear_on_close ?? false,
    notifyOnClose: modal.notify_on_close ?? false,
    rootViewId: place.replaces?.rootViewId ?? place.above?.rootViewId ?? id,
    ...(previousViewId !== undefined && { previousViewId }),
    hash: workspace.nextTs(),
  };
  return { ok: true, view };
}

/** True when one more modal may be pushed onto this person's. */
export function canPush(workspace: Workspace, user: string): boolean {
  return workspace.views(user).length < MOST_VIEWS;
}

/** A view as Slack's answers and payloads carry it. */
export function wireView(workspace: Workspace, view: View, values: StateValues): Record<string, unknown> {
  return {
    id: view.id,
    team_id: workspace.state.team.id,
    type: view.type,
    blocks: view.blocks,
    private_metadata: view.privateMetadata,
    callback_id: view.callbackId,
    state: { values },
    hash: view.hash,
    title: view.title,
    clear_on_close: view.clearOnClose,
    notify_on_close: view.notifyOnClose,
    close: view.close ?? null,
    submit: view.submit ?? null,
    previous_view_id: view.previousViewId ?? null,
    root_view_id: view.rootViewId,
    app_id: APP.id,
    external_id: view.externalId,
    app_installed_team_id: workspace.state.team.id,
    bot_id: APP.botId,
  };
}

function refuse(error: string, problems: string[]): ViewVerdict {
  return { ok: false, error, problems };
}
