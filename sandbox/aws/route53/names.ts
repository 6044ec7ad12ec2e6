import { AwsError } from '../errors.ts';

/** Lower case with the final dot, as Route 53 keeps names. */
export function canonicalName(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower : `${lower}.`;
}

/** Orders names as Route 53 lists them: by labels from the right (`com.chatbot.api`). */
export function orderKey(name: string): string {
  return canonicalName(name).split('.').filter(Boolean).reverse().join('.');
}

/** A zone, change or health check id without the `/hostedzone/`, `/change/` or `/healthcheck/` that the API shows before it. */
export function bareId(id: string): string {
  return id.replace(/^\/?(hostedzone|change|healthcheck)\//, '');
}

/** `maxitems` of a list call: 1 to 300, 300 when absent. Throws InvalidInput. */
export function readMaxItems(text: string | undefined, most: number): number {
  if (text === undefined) return most;
  if (!/^[1-9]\d*$/.test(text)) {
    throw new AwsError('InvalidInput', `Invalid maxitems parameter. Expected a positive integer but got ${text}`);
  }
  return Math.min(Number(text), most);
}
