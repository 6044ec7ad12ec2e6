import { expect, test } from '@jest/globals';
import { carriedOut, inSandbox, playRegionFailover, REGION_DOWN, until, untilTrue } from '../../support/sandbox.ts';

test('a bot that is killed in the middle of the promotion goes on by itself: promoted once, nobody paged twice', async () => {
  await inSandbox({ seed: 5 }, async (sandbox) => {
    const killed = carriedOut(sandbox, 'PromoteReadReplica').then(() => sandbox.restartBot('SIGKILL'));

    const report = await playRegionFailover(sandbox, { faults: [REGION_DOWN] });
    await killed;

    expect(report.outcome).toBe('recovered with exceptions');
    expect(report.calls['rds.PromoteReadReplica']).toBe(1);
    expect(report.steps.find(({ id }) => id === 'promote')).toMatchObject({ state: 'succeeded', attempts: 2 });
    const { tiers } = await until(sandbox, ({ tiers: all }) =>
      all.every(({ reachedAt, acceptedAt }) => reachedAt === undefined || acceptedAt !== undefined),
    );
    const accepted = tiers.filter(({ acceptedAt }) => acceptedAt !== undefined).length;
    await untilTrue(sandbox, 'all of them are paged', () => sandbox.pagerDuty.incidents().length >= accepted);
    const paged = sandbox.pagerDuty.incidents().map(({ dedupKey }) => dedupKey);
    expect(new Set(paged).size).toBe(paged.length);
    expect(paged.length).toBe(accepted);
    // One board and one plan card, whatever was cut short.
    const titles = sandbox.slack.workspace
      .messages('C0INCIDENTRESPONSE')
      .filter(({ threadTs, ts }) => threadTs === undefined || threadTs === ts)
      .map(({ metadata }) => metadata?.event_payload.key);
    expect(titles).toHaveLength(2);
    expect(new Set(titles)).toEqual(new Set(['slack/board/INC-1', 'slack/plan/INC-1.p1']));
    expect(report.journal.chain).toBe('valid');
  });
});
