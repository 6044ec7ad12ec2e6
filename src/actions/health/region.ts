import { z } from 'zod';
import { observationTimeout, within } from '../../adapters/deadline.ts';
import type { Clients } from '../../adapters/index.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { LifeboatError } from '../../domain/errors.ts';
import { Region } from '../../domain/system.ts';

const Output = z.object({
  /** What AWS itself says: `no open issue`, `open issue`; `unknown` without a support plan, or without an answer. */
  health: z.enum(['no open issue', 'open issue', 'unknown']),
  issues: z.array(z.string()),
  /** Whether EC2 of that region answers: Lifeboat's own look. */
  answers: z.boolean(),
  zones: z.int(),
  /** Those that EC2 calls available. */
  zonesAvailable: z.int(),
  sentence: z.string(),
});
type Output = z.infer<typeof Output>;

export const region = ({ aws }: Clients) =>
  defineAction({
    id: 'health.region',
    summary: 'What AWS says of a region: open issues in AWS Health, zones in EC2; own probes decide',
    effect: 'read',
    input: z.strictObject({ region: Region }),
    output: Output,
    repeat: 'It only reads.',
    permissions: { iam: ['health:DescribeEvents', 'ec2:DescribeAvailabilityZones'] },
    examples: [{ title: 'The region that failed', with: { region: 'us-east-1' } }],
    // It answers, with `unknown`, whatever is gone.
    dependsOn: () => [],
    writes: () => [],
    expectedSeconds: () => 2,
    async observe(context, input) {
      return { facts: {}, measurements: await look({ aws }, context, input.region) };
    },
    change: () => ({ changes: [] }),
    async run(context, input) {
      return { outputs: await look({ aws }, context, input.region), changes: [] };
    },
  });

/** Both are asked at once, and what does not answer is a finding. */
async function look(
  { aws }: Pick<Clients, 'aws'>,
  { clock, signal }: Pick<ObserveContext, 'clock' | 'signal'>,
  name: string,
): Promise<Output> {
  const patience = within(observationTimeout(clock), signal);
  const [issues, zones] = await Promise.all([
    orSilence(aws.regionStatus.openIssues(name, patience)),
    orSilence(aws.regionStatus.zones(name, patience)),
  ]);
  const available = zones?.filter(({ state }) => state === 'available').length ?? 0;
  const told = {
    health:
      issues === undefined
        ? ('unknown' as const)
        : issues.length === 0
          ? ('no open issue' as const)
          : ('open issue' as const),
    issues: issues ?? [],
    answers: zones !== undefined,
    zones: zones?.length ?? 0,
    zonesAvailable: available,
  };
  const said = {
    unknown: 'AWS Health does not tell (no support plan, or no answer)',
    'no open issue': 'AWS Health has no open issue',
    'open issue': `AWS Health has ${told.issues.length} open: ${told.issues.join('; ')}`,
  }[told.health];
  const seen = zones === undefined ? 'EC2 does not answer' : `EC2 has ${available} of ${zones.length} zones available`;
  return { ...told, sentence: `${name}: ${said}; ${seen}.` };
}

/** What was answered; undefined for an answer that did not come, was refused, or that nobody may have. */
async function orSilence<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof LifeboatError) return undefined;
    throw error;
  }
}
