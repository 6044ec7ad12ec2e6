import {
  GetRoutingControlStateCommand,
  ListRoutingControlsCommand,
  type Route53RecoveryClusterClient,
  UpdateRoutingControlStateCommand,
  UpdateRoutingControlStatesCommand,
} from '@aws-sdk/client-route53-recovery-cluster';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { panelOf } from '../../../sandbox/aws/arc/state.ts';
import { clusterClient, controlsOf } from './routing-controls.ts';
import { chatbot, EAST, refusal, type Sandbox, startSandbox, WEST } from './sandbox.ts';

const { east, west } = controlsOf(chatbot);
const UNAVAILABLE = 'EndpointTemporarilyUnavailableException';

let sandbox: Sandbox;
let clients: Route53RecoveryClusterClient[];

beforeEach(async () => {
  sandbox = await startSandbox();
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  await sandbox.close();
});

/** Calls the endpoint in a region until it is not unavailable for a moment. */
async function call<T>(send: (client: Route53RecoveryClusterClient) => Promise<T>, region = WEST): Promise<T> {
  const client = clusterClient(sandbox, region);
  clients.push(client);
  for (;;) {
    try {
      return await send(client);
    } catch (error) {
      if (!(error instanceof Error && error.name === UNAVAILABLE)) throw error;
    }
  }
}

const turn = (states: Record<string, 'On' | 'Off'>, SafetyRulesToOverride?: string[]) =>
  call((client) =>
    client.send(
      new UpdateRoutingControlStatesCommand({
        UpdateRoutingControlStateEntries: Object.entries(states).map(([RoutingControlArn, RoutingControlState]) => ({
          RoutingControlArn,
          RoutingControlState,
        })),
        SafetyRulesToOverride,
      }),
    ),
  );
const stateOf = async (RoutingControlArn: string, region = WEST) => {
  const command = new GetRoutingControlStateCommand({ RoutingControlArn });
  return (await call((client) => client.send(command), region)).RoutingControlState;
};

describe('routing controls', () => {
  it('let traffic into the primary region at first, and are listed in pages', async () => {
    const ControlPanelArn = panelOf(east);
    const first = await call((client) =>
      client.send(new ListRoutingControlsCommand({ ControlPanelArn, MaxResults: 1 })),
    );
    const { NextToken } = first;
    const rest = await call((client) => client.send(new ListRoutingControlsCommand({ ControlPanelArn, NextToken })));

    const all = [...(first.RoutingControls ?? []), ...(rest.RoutingControls ?? [])];
    expect(all.map(({ RoutingControlArn, RoutingControlState }) => [RoutingControlArn, RoutingControlState])).toEqual([
      [east, 'On'],
      [west, 'Off'],
    ]);
    expect(rest.NextToken).toBeUndefined();
  });

  it('change together, and every endpoint knows', async () => {
    await turn({ [east]: 'Off', [west]: 'On' });

    const known = await Promise.all(
      (chatbot.routingControls?.endpoints ?? []).map(async ({ region }) => [
        await stateOf(east, region),
        await stateOf(west, region),
      ]),
    );
    expect(known).toEqual(Array(5).fill(['Off', 'On']));
  });

  it('are kept by a safety rule from being Off all at once, whole, unless it is overridden', async () => {
    const refused = await refusal(turn({ [east]: 'Off' }));
    const both = await refusal(turn({ [west]: 'Off', [east]: 'Off' }));
    const after = [await stateOf(east), await stateOf(west)];
    const [rule] = sandbox.world.state.routingControls?.rules ?? [];
    await turn({ [east]: 'Off' }, [rule?.arn ?? '']);

    expect(refused).toMatchObject({ name: 'ConflictException', status: 409 });
    expect(refused.message).toContain('requires at least 1 of 2 routing controls to be On');
    expect(both.name).toBe('ConflictException');
    expect(after).toEqual(['On', 'Off']);
    expect(await stateOf(east)).toBe('Off');
  });

  it.each([
    ['a control that does not exist', `${panelOf(east)}/routingcontrol/none`, 'On', 'ResourceNotFoundException'],
    ['a state that is none', east, 'Half', 'ValidationException'],
  ])('refuse %s', async (_what, RoutingControlArn, state, name) => {
    const command = new UpdateRoutingControlStateCommand({ RoutingControlArn, RoutingControlState: state as 'On' });

    expect((await refusal(call((client) => client.send(command)))).name).toBe(name);
  });

  it('answer in the other regions when one is gone', async () => {
    sandbox.world.switchFault({ name: 'region-refuse', target: EAST }, true);

    const gone = await refusal(stateOf(east, EAST));

    expect(gone.message).toMatch(/ECONNRESET|socket hang up/);
    expect(await stateOf(east, 'eu-west-1')).toBe('On');
  });

  it('are unavailable at one endpoint at times, and the same asks another', async () => {
    const client = clusterClient(sandbox, WEST);
    clients.push(client);
    const command = new GetRoutingControlStateCommand({ RoutingControlArn: east });

    const answers = await Promise.all(
      Array.from({ length: 40 }, () =>
        client.send(command).then(
          () => 'answered',
          (error: Error) => error.name,
        ),
      ),
    );

    expect(new Set(answers)).toEqual(new Set(['answered', UNAVAILABLE]));
  });
});

describe('expired credentials', () => {
  it('are refused by every service, in its protocol’s words', async () => {
    sandbox.world.switchFault({ name: 'expired-credentials' }, true);
    const { DescribeDBInstancesCommand } = await import('@aws-sdk/client-rds');
    const { ListHostedZonesCommand } = await import('@aws-sdk/client-route-53');

    const query = await refusal(sandbox.rds().send(new DescribeDBInstancesCommand({})));
    const rest = await refusal(sandbox.route53().send(new ListHostedZonesCommand({})));
    const json = await refusal(stateOf(east));

    const message = 'The security token included in the request is expired';
    expect(query).toEqual({ name: 'ExpiredToken', message, status: 403 });
    expect(rest).toEqual({ name: 'ExpiredToken', message, status: 403 });
    expect(json).toEqual({ name: 'ExpiredTokenException', message, status: 403 });
  });
});
