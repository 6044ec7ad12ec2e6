import { z } from 'zod';

const seconds = z.number();
const moment = seconds.nullable();

/**
 * What `lifeboat simulate --json` prints: a contract with its own version (docs/simulate.md). Times are world seconds
 * since detection unless said otherwise; null: it did not happen.
 */
export const SimulationReport = z.strictObject({
  version: z.literal(1),
  system: z.string(),
  runbook: z.string(),
  mode: z.enum(['emergency', 'planned']),
  seed: z.int(),
  speed: z.number().positive(),
  /** Judged by the client of the product: without its writes and its rows nothing is `recovered`. */
  outcome: z.enum(['recovered', 'recovered with exceptions', 'finished', 'refused', 'failed', 'aborted', 'undone']),
  /** One sentence: why it did not recover; null when it did. */
  reason: z.string().nullable(),
  exceptions: z.array(z.string()),
  /** Guards that refused the newest plan, by step, also where they were overridden afterwards. */
  guards: z.array(z.string()),
  clock: z.strictObject({
    detected: seconds,
    declared: moment,
    planned: moment,
    approved: moment,
    started: moment,
    trafficMoved: moment,
    recovered: moment,
  }),
  rto: z.strictObject({ targetSeconds: seconds, measuredSeconds: moment, verdict: z.enum(['COMPLIANT', 'FAILED']) }),
  rpo: z.strictObject({ targetSeconds: seconds, measuredSeconds: moment, verdict: z.enum(['COMPLIANT', 'FAILED']) }),
  client: z.strictObject({ downtimeSeconds: seconds, rowsAcknowledged: z.int(), rowsLost: z.int() }),
  steps: z.array(
    z.strictObject({
      id: z.string(),
      phase: z.string(),
      state: z.string(),
      attempts: z.int(),
      seconds: moment,
    }),
  ),
  pages: z.array(z.strictObject({ tier: z.int(), at: seconds, confirmed: z.null() })),
  /** Mutating calls that the world carried out, by service and operation. */
  calls: z.record(z.string(), z.int()),
  journal: z.strictObject({ events: z.int(), chain: z.enum(['valid', 'broken']) }),
  /** What the simulation wanted to happen under way and did not, because its moment never came. */
  missed: z.array(z.string()),
  /** Where no run began: what of the world's settings is not as it was all the same, a sentence each. */
  changed: z.array(z.string()).default([]),
  /** The world's own latencies along the longest dependency chain from approval to recovery. */
  criticalPathSeconds: moment,
  /** What the machine added between approval and recovery, in real seconds. */
  overheadSeconds: moment,
});
export type SimulationReport = z.infer<typeof SimulationReport>;
