import { z } from 'zod';
import { observationTimeout, within } from '../../adapters/deadline.ts';
import type { Clients } from '../../adapters/index.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { describeError, Retryable } from '../../domain/errors.ts';
import { isThere } from './switch-object.ts';

const Way = z.enum(['records', 'routing-controls', 'object']);
type Way = z.infer<typeof Way>;

const Output = z.object({
  /** Whether records can be changed now: Route 53's control plane answers a question about them. */
  reachable: z.boolean(),
  /** How traffic can be moved now, the first of them that works; `none`: in no way. */
  way: z.enum([...Way.options, 'none']),
  sentence: z.string(),
});
type Output = z.infer<typeof Output>;

/** Share of an observation's deadline after which what has not answered counts as silent, so that it can be told. */
const SHARE = 0.7;
/** In a run, one silence of everything is no outage. */
const LOOKS = 3;

/** Whether a way works, and if not, why. */
type Look = { works: true; detail: string } | { works: false; reason: string; error: unknown };

export const controlPlane = (clients: Clients) =>
  defineAction({
    id: 'route53.control-plane',
    summary: 'Find out how traffic can be moved now: by changing records, by routing controls, or by an object',
    effect: 'read',
    input: z.strictObject({
      /** `auto`: the first that works; otherwise this one alone is looked at. */
      prefer: z.enum(['auto', ...Way.options]).default('auto'),
    }),
    output: Output,
    repeat: 'It only reads.',
    permissions: {
      iam: [
        'route53:ListResourceRecordSets',
        'route53-recovery-cluster:GetRoutingControlState',
        's3:GetObject (traffic object)',
        's3:ListBucket (traffic object)',
      ],
    },
    examples: [
      { title: 'The way that traffic will take', with: {} },
      { title: 'Whether routing controls answer', with: { prefer: 'routing-controls' } },
    ],
    dependsOn: () => [],
    writes: () => [],
    expectedSeconds: () => 2,
    async observe(context, { prefer }) {
      return { facts: {}, measurements: await lookAround(clients, context, prefer) };
    },
    change: () => ({ changes: [] }),
    async run(context, { prefer }) {
      let looks = 0;
      const outputs = await context.waitUntil(async () => {
        looks += 1;
        const found = await lookAround(clients, context, prefer);
        return found.way !== 'none' || looks >= LOOKS ? found : undefined;
      });
      context.progress(outputs.sentence);
      return { outputs, changes: [] };
    },
  });

async function lookAround(clients: Clients, context: ObserveContext, prefer: Way | 'auto'): Promise<Output> {
  const ways = Way.options.filter((way) => prefer === 'auto' || way === prefer);
  const looks = await Promise.all(
    ways.map(async (way): Promise<[Way, Look | undefined]> => {
      const signal = within(SHARE * observationTimeout(context.clock), context.signal);
      try {
        const detail = await LOOKERS[way](clients, context, signal);
        return [way, detail === undefined ? undefined : { works: true, detail }];
      } catch (error) {
        return [way, { works: false, reason: describeError(error), error }];
      }
    }),
  );
  const found = judgeWays(looks.flatMap(([way, look]) => (look ? [[way, look]] : [])));
  // A service that answers with an error that passes is not gone: it is looked at again before anybody is refused.
  const passing = looks.find(([, look]) => look && !look.works && mayPass(look.error))?.[1];
  if (found.way === 'none' && passing && !passing.works) throw passing.error;
  return found;
}

/** Whether a service answered, with an error after which the same call may succeed; silence is none of these. */
function mayPass(error: unknown): boolean {
  return error instanceof Retryable && !/\.(unreachable|timeout)$/.test(error.code);
}

/** What shows that a way works, in words; undefined where the system has not prepared it. Throws where it does not. */
const LOOKERS: Record<
  Way,
  (clients: Clients, context: ObserveContext, signal: AbortSignal) => Promise<string | undefined>
> = {
  async records({ aws }, { system }, signal) {
    await aws.route53.recordsOf(system.dns.hostedZone, system.dns.record, signal);
    return 'changing records, for Route 53’s control plane (us-east-1) answers';
  },
  async 'routing-controls'({ aws }, { system }, signal) {
    if (!system.routingControls) return undefined;
    const { answeredFrom } = await aws.routingControls.states(system.routingControls, signal);
    return `routing controls, whose endpoint in ${answeredFrom} answers`;
  },
  async object(clients, { system }, signal) {
    if (!system.trafficObject) return undefined;
    await isThere(clients, system.trafficObject, signal);
    const { bucket, key, region } = system.trafficObject;
    return `the object ${bucket}/${key} in ${region}, which turns the health check of the primary record`;
  },
};

/** Takes the first way that works, and says what is wrong with those before it. Pure. */
export function judgeWays(looks: readonly (readonly [Way, Look])[]): Output {
  const reachable = looks.some(([way, look]) => way === 'records' && look.works);
  const chosen = looks.find(([, look]) => look.works);
  const failed = (until: number) =>
    looks.slice(0, until).flatMap(([, look]) => (look.works ? [] : [ended(look.reason)]));
  if (!chosen) {
    const reasons = failed(looks.length);
    const why = reasons.length > 0 ? reasons.join(' ') : 'System.yaml has not prepared it.';
    return { reachable, way: 'none', sentence: `Traffic cannot be moved now. ${why}` };
  }
  const [way, look] = chosen;
  const sentence = [...failed(looks.indexOf(chosen)), `Traffic is moved by ${look.works ? look.detail : way}.`].join(
    ' ',
  );
  return { reachable, way, sentence };
}

function ended(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
