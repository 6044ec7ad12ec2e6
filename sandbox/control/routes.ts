import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { InvalidInput } from '../../src/domain/errors.ts';
import type { Workspace } from '../slack/workspace.ts';
import type { World } from '../world/world.ts';
import { formatFault, parseFault } from './faults.ts';
import * as requests from './requests.ts';
import { type ControlParts, snapshot } from './snapshot.ts';

/** What the page and the prompt may ask and do; every refusal is `{ error: one sentence }`. */
export function serveRoutes(app: FastifyInstance, world: World, parts: ControlParts): void {
  const { workspace } = parts.slack;
  const regions = Object.values(parts.system.regions);

  app.get('/state', () => snapshot(world, parts));

  app.get('/calls', (request) => {
    const { from } = read(requests.CallsQuery, request.query);
    return { calls: world.state.calls.slice(from), next: world.state.calls.length };
  });

  app.post('/command', async (request) => {
    const { as, channel, text } = read(requests.CommandRequest, request.body);
    return sentence(() => workspace.command(as, channel, text));
  });

  app.post('/click', async (request) => {
    const { as, message, channel, action, block, value, state } = read(requests.ClickRequest, request.body);
    return sentence(() =>
      workspace.click(as, {
        channel: channel ?? channelOf(workspace, message),
        message,
        actionId: action,
        ...(block !== undefined && { blockId: block }),
        ...(value !== undefined && { value }),
        ...(state && { state }),
      }),
    );
  });

  app.post('/view', async (request) => {
    const { as, values, close } = read(requests.ViewRequest, request.body);
    return sentence(() => (close ? workspace.closeView(as) : workspace.submitView(as, values)));
  });

  app.post('/fault', (request) => {
    const { name } = read(requests.FaultRequest, request.body);
    world.switchFault(parseFault(name, regions), true);
    return { faults: world.state.faults };
  });

  app.delete('/fault', (request) => {
    const { name } = read(requests.FaultQuery, request.query);
    const off = name === undefined ? [...world.state.faults] : [faultThatIsOn(world, name, regions)];
    for (const fault of off) world.switchFault(fault, false);
    return { faults: world.state.faults };
  });

  app.post('/page', async (request) => {
    const { id, action } = read(requests.PageRequest, request.body);
    await sentence(async () => parts.pagerDuty.press(id, action));
    return {};
  });
}

function read<T extends z.ZodType>(schema: T, input: unknown): z.infer<T> {
  const parsed = schema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
  throw new InvalidInput('control.request', `The request is not understood: ${where}${issue?.message ?? ''}.`);
}

/** What a person could not do in the client is said to them as it is. */
async function sentence<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const message = (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
    throw new InvalidInput('control.impossible', `${message.charAt(0).toUpperCase()}${message.slice(1)}.`, {
      cause: error,
    });
  }
}

function channelOf(workspace: Workspace, ts: string): string {
  const message =
    workspace.state.ephemerals.find((ephemeral) => ephemeral.ts === ts) ??
    Object.values(workspace.state.messages)
      .flat()
      .find((candidate) => candidate.ts === ts);
  if (!message) throw new InvalidInput('control.message', `There is no message ${ts}.`);
  return message.channel;
}

/** By its full name, or by its kind alone when that is clear: `fault off region-down`. */
function faultThatIsOn(world: World, name: string, regions: string[]) {
  const { faults } = world.state;
  const found = faults.find((fault) => formatFault(fault) === name || fault.name === name);
  if (found) return found;
  parseFault(name, regions);
  const on = faults.length === 0 ? 'nothing is broken' : `on are ${faults.map(formatFault).join(', ')}`;
  throw new InvalidInput('fault.off', `The fault ${name} is not on; ${on}.`);
}
