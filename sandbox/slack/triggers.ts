import { randomUUID } from 'node:crypto';

const TRIGGER_VALID = 3000;

/** Trigger ids: one use, within `valid` milliseconds of machine time (Slack's three seconds). */
export class Triggers {
  readonly #valid: number;
  readonly #triggers = new Map<string, { user: string; at: number; used: boolean }>();

  constructor(valid = TRIGGER_VALID) {
    this.#valid = valid;
  }

  issue(user: string): string {
    const id = `${Date.now()}.${randomUUID()}`;
    this.#triggers.set(id, { user, at: Date.now(), used: false });
    return id;
  }

  /** Whose interaction it was; or Slack's error. */
  exchange(id: string): { user: string } | { error: string } {
    const trigger = this.#triggers.get(id);
    if (!trigger) return { error: 'invalid_trigger_id' };
    if (trigger.used) return { error: 'exchanged_trigger_id' };
    if (Date.now() - trigger.at > this.#valid) return { error: 'expired_trigger_id' };
    trigger.used = true;
    return { user: trigger.user };
  }
}
