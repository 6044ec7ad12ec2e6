import type { OverrideRequest, StepState } from './run-state.ts';

/** The request that waits for its second name: the step stands failed, and it accepts all that the step failed of now. */
export function openRequest({ status, overrideRequest, differences = [] }: StepState): OverrideRequest | undefined {
  const accepts = new Set(overrideRequest?.accepts.map(({ key }) => key));
  return status === 'failed' && differences.every(({ key }) => accepts.has(key)) ? overrideRequest : undefined;
}

/** What the second person types after `/dr override`; the board's button carries the same. */
export function signWords(runId: string, step: string): string {
  return `${runId} ${step} --sign`;
}
