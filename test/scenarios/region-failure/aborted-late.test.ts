import { expect, test } from '@jest/globals';
import { untilHealthy } from '../../../sandbox/healthy.ts';
import { createCrew } from '../../../sandbox/simulate/crew.ts';
import { board } from '../../../src/blocks/board.ts';
import { carriedOut, inSandbox, REGION_DOWN, until } from '../../support/sandbox.ts';

test('an abort after the DNS change was sent says that users are served, as soon as they are, and since when', async () => {
  await inSandbox({ seed: 1 }, async (sandbox) => {
    const { world, slack, cast, incidentChannel, store } = sandbox;
    const crew = createCrew(world, slack.workspace, cast, incidentChannel);
    await untilHealthy(sandbox);
    const moved = carriedOut(sandbox, 'ChangeResourceRecordSets');
    world.switchFault(REGION_DOWN, true);
    await world.clock.sleep(60_000);
    await crew.command('requester', '/dr failover chatbot');
    await until(sandbox, ({ plans }) => plans[0]?.status === 'awaiting approval');
    await crew.command('approver', '/dr approve INC-1.p1');
    await moved;
    await crew.command('commander', '/dr abort INC-1 --yes');

    const served = await until(sandbox, ({ run, users }) => run?.status === 'finished' && users?.served === true);

    const told = (await store.journal.read('INC-1')).flatMap(({ event }) => {
      return event.type === 'users.seen' ? [event.served] : [];
    });
    const seen = served.users?.since ?? 0;
    const shown = board(served, {}, world.clock.now());
    expect(served.run?.outcome).toBe('aborted');
    expect(told).toEqual([false, true]);
    // The client of the product says the same: it comes to write by itself, and nothing runs any more.
    while (sandbox.client.writingSince() === undefined) await world.clock.sleep(5000);
    expect(seen).toBeGreaterThan(served.detectedAt);
    expect(shown.text).toContain('Users are served (seen');
    expect(shown.text).not.toContain('cut off');
    expect(JSON.stringify(shown.blocks)).toContain('*Users are served again* since');
    expect(JSON.stringify(shown.blocks)).not.toMatch(/RTO missed by .* was /);
  });
}, 180_000);
