import { z } from 'zod';
import { ControlState } from '../../adapters/aws/routing-controls.ts';
import type { Clients } from '../../adapters/index.ts';
import { type Change, type Done, defineAction, type RunContext } from '../../domain/action.ts';
import { InvalidInput } from '../../domain/errors.ts';
import { Region, type System } from '../../domain/system.ts';
import { whatWasBefore } from '../what-was-before.ts';

/** State of the control of each region. */
const States = z.record(z.string(), ControlState);
type States = z.infer<typeof States>;

export const switchControls = (clients: Clients) =>
  defineAction({
    id: 'arc.switch',
    summary: 'Let traffic into one region alone by routing controls, in one call to any of their endpoints',
    effect: 'reversible',
    input: z.strictObject({ to: Region }),
    output: z.object({
      states: States,
      /** Region of the endpoint that took the change; '' when all was so already. */
      endpoint: z.string(),
      /** States that it replaced; empty when it replaced none. */
      before: States,
    }),
    repeat: 'It sets named controls to named states, all or none; a second time sets them to the same.',
    permissions: {
      iam: ['route53-recovery-cluster:GetRoutingControlState', 'route53-recovery-cluster:UpdateRoutingControlStates'],
    },
    examples: [{ title: 'Send traffic to the standby region', with: { to: 'us-west-2' } }],
    // Any of five regional endpoints takes the change: no region and no control plane has to work.
    dependsOn: () => [],
    writes: (_input, system) => Object.values(clusterOf(system).controls).map((arn) => `routing-control/${arn}`),
    subject: () => 'dns',
    expectedSeconds: () => 5,
    async observe({ system, signal }) {
      const { states, answeredFrom } = await clients.aws.routingControls.states(clusterOf(system), signal);
      return { facts: states, measurements: { answeredFrom } };
    },
    change: (observed, { to }, { system }) => ({ changes: differences(observed?.facts, wantedStates(system, to)) }),
    async run(context, { to }) {
      const { states, changes, endpoint, before } = await converge(clients, context, wantedStates(context.system, to));
      return { outputs: { states, endpoint, before }, changes };
    },
    undo: {
      title: () => 'Set the routing controls back to what they were',
      repeat: 'It sets named controls to the states that they had; a second time sets them to the same.',
      change: (observed, _input, { system }, done) => ({
        changes: differences(observed?.facts, statesBefore(done, system)),
      }),
      async run(context, _input, done) {
        const { states, changes } = await converge(clients, context, statesBefore(done, context.system));
        return { outputs: { states }, changes };
      },
    },
  });

/** Changes the controls until they are as `wanted`; what a safety rule forbids is thrown as the service says it. */
async function converge(clients: Clients, context: RunContext, wanted: States) {
  const cluster = clusterOf(context.system);
  const { routingControls } = clients.aws;
  let changes: Change[] = [];
  let endpoint = '';
  const before: States = {};
  const states = await context.waitUntil(async () => {
    const { states: now, answeredFrom } = await routingControls.states(cluster, context.signal);
    const pending = differences(now, wanted);
    if (pending.length === 0) return now;
    // Noted first: a call whose answer is lost may have been carried out.
    if (changes.length === 0) {
      changes = pending;
      Object.assign(before, now);
    }
    context.changed(changes);
    await context.assertLease();
    endpoint = await routingControls.update(cluster, wanted, answeredFrom, context.signal);
    context.progress(`The endpoint in ${endpoint} has taken the change`);
    return undefined;
  });
  return { states, changes, endpoint, before };
}

/** The control of `to` is On, all others are Off. */
function wantedStates(system: System, to: string): States {
  const { controls } = clusterOf(system);
  if (!(to in controls)) {
    throw new InvalidInput('arc.no-control', `system.yaml names no routing control for ${to}.`);
  }
  return Object.fromEntries(Object.keys(controls).map((region) => [region, region === to ? 'On' : 'Off']));
}

/** One line for each control that is not as it is to be; all of them when nothing is known. */
function differences(current: States | undefined, wanted: States): Change[] {
  return Object.entries(wanted)
    .map(([region, after]) => {
      const before = current ? (current[region] ?? 'no such control') : 'not reachable now';
      return { what: `Routing control of ${region}`, before, after };
    })
    .filter(({ before, after }) => before !== after);
}

function statesBefore(done: Done, system: System): States {
  const known = Object.keys(clusterOf(system).controls);
  const shape = States.refine((states) => known.every((region) => region in states));
  return whatWasBefore(done, shape, {
    subject: 'the states of the routing controls',
    seen: (observed) =>
      Object.fromEntries(known.flatMap((region) => (region in observed ? [[region, observed[region]]] : []))),
  });
}

function clusterOf(system: System): NonNullable<System['routingControls']> {
  if (system.routingControls) return system.routingControls;
  throw new InvalidInput('arc.not-declared', 'system.yaml declares no routingControls.');
}
