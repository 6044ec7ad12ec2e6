/** The longest identifier that RDS takes. */
const LONGEST = 63;

/**
 * The name under which something is made or kept beside an instance: `chatbot-prod-replaced-20261121-2204`, in UTC. A
 * long name is cut, so that the rest fits; `at` in epoch milliseconds.
 */
export function datedName(instance: string, what: string, at: number): string {
  const moment = new Date(at).toISOString().slice(0, 16).replace(/[-:]/g, '').replace('T', '-');
  const end = `-${what}-${moment}`;
  return instance.slice(0, LONGEST - end.length).replace(/-+$/, '') + end;
}
