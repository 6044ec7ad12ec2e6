import { describeError, LeaseLost } from '../domain/errors.ts';
import type { Logger } from '../log.ts';
import type { Leases, LeaseToken } from './ports.ts';

/** Machine milliseconds after which a lease that nobody renews may be taken by another worker. */
const LEASE_MILLISECONDS = 3500;
const RENEWALS_PER_LEASE = 4;

/** A held lease: renewed in the background, lost for good as soon as one renewal is refused or comes too late. */
export interface HeldLease {
  token: LeaseToken;
  /** Aborted with LeaseLost when the lease is lost. */
  signal: AbortSignal;
  /** Asks the database, so that a process that was paused finds out before it acts. Throws LeaseLost. */
  assert(): Promise<void>;
  release(): Promise<void>;
}

/** Takes the lease `name` for `holder` and keeps it; undefined when somebody else holds it. */
export async function holdLease(
  leases: Leases,
  name: string,
  holder: string,
  logger: Logger,
): Promise<HeldLease | undefined> {
  const token = await leases.acquire(name, holder, LEASE_MILLISECONDS);
  if (!token) return undefined;
  const lost = new AbortController();
  let validUntil = Date.now() + LEASE_MILLISECONDS;
  let released = false;

  const lose = () => {
    clearInterval(timer);
    if (lost.signal.aborted || released) return;
    logger.warn({ lease: name, epoch: token.epoch }, 'Lease lost');
    lost.abort(
      new LeaseLost('lease.lost', `Another worker took over ${name}; this one stops and changes nothing more.`),
    );
  };
  const renew = async () => {
    // The database's clock decides; counting from before the question errs on the safe side.
    const asked = Date.now();
    if (await leases.renew(token, LEASE_MILLISECONDS)) validUntil = asked + LEASE_MILLISECONDS;
    else lose();
  };
  const timer = setInterval(() => {
    renew().catch((error: unknown) => {
      logger.warn({ lease: name, reason: describeError(error) }, 'Lease not renewed');
      if (Date.now() > validUntil) lose();
    });
  }, LEASE_MILLISECONDS / RENEWALS_PER_LEASE);

  return {
    token,
    signal: lost.signal,
    async assert() {
      lost.signal.throwIfAborted();
      await renew();
      lost.signal.throwIfAborted();
    },
    async release() {
      released = true;
      clearInterval(timer);
      if (!lost.signal.aborted) await leases.release(token);
    },
  };
}
