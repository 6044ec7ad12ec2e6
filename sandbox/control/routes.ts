import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { InvalidInput } from '../../src/domain/errors.ts';
import type { Workspace } from '../slack/workspace.ts';
import type { World } from '../world/world.ts';
import { formatFault, parseFault, placesOf } from './faults.ts';
import * as requests from './requests.ts';
import { clockOf, snapshot } from './snapshot.ts';
import type { ControlParts, Stage } from './stage.ts';
import type { ResetRequest } from './wire.ts';

/** What the page and the prompt may ask and do; every refusal is `{ error: one sentence }`. */
export function serveRoutes(app: FastifyInstance, stage: Stage): void {
  const onStage = (): ControlParts => {
    const current = stage.current();
    if (current) return current;
    const failure = stage.failure();
    if (failure) throw new InvalidInput('control.no-world', `${failure.why} Reset, on the page, begins another.`);
    throw new InvalidInput('control.resetting', 'A new world is being made; try again in a few seconds.');
  };

  app.get('/state', () => snapshot(onStage(), stage));

  app.post('/command', async (request) => {
    const { workspace } = onStage().slack;
    const { as, channel, text } = read(requests.CommandRequest, request.body);
    return sentence(() => workspace.command(as, channel, text));
  });

  app.post('/message', async (request) => {
    const { workspace } = onStage().slack;
    const { as, channel, text, threadTs } = read(requests.MessageRequest, request.body);
    return sentence(async () => ({ message: workspace.say(as, channel, text, threadTs) }));
  });

  app.post('/click', async (request) => {
    const { workspace } = onStage().slack;
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
    const { workspace } = onStage().slack;
    const { as, values, close } = read(requests.ViewRequest, request.body);
    return sentence(() => (close ? workspace.closeView(as) : workspace.submitView(as, values)));
  });

  app.post('/fault', (request) => {
    const { world } = onStage();
    const { name } = read(requests.FaultRequest, request.body);
    world.switchFault(parseFault(name, placesOf(world.state)), true);
    return { faults: world.state.faults };
  });

  app.delete('/fault', (request) => {
    const { world } = onStage();
    const { name } = read(requests.FaultQuery, request.query);
    const off = name === undefined ? [...world.state.faults] : [faultThatIsOn(world, name)];
    for (const fault of off) world.switchFault(fault, false);
    return { faults: world.state.faults };
  });

  app.post('/page', async (request) => {
    const { id, action } = read(requests.PageRequest, request.body);
    await sentence(async () => onStage().pagerDuty.press(id, action));
    return {};
  });

  app.post('/clock', (request) => {
    const { speed } = read(requests.ClockRequest, request.body);
    const current = onStage();
    current.setSpeed(speed);
    return { clock: clockOf(current) };
  });

  app.post('/reset', async (request) => {
    await stage.reset(read(requests.ResetRequest, request.body) as ResetRequest);
    return { world: stage.world };
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
function faultThatIsOn(world: World, name: string) {
  const { faults } = world.state;
  const found = faults.find((fault) => formatFault(fault) === name || fault.name === name);
  if (found) return found;
  parseFault(name, placesOf(world.state));
  const on = faults.length === 0 ? 'nothing is broken' : `on are ${faults.map(formatFault).join(', ')}`;
  throw new InvalidInput('fault.off', `The fault ${name} is not on; ${on}.`);
}
