/**
 * A user of the product, as a process of its own: it knows the world only by DNS and HTTPS, writes numbered rows
 * several times a second, and tells its parent what became of each.
 */
import { type Clock, createWorldClock, type WorldClock } from '../../src/domain/clock.ts';
import { createStubResolver } from '../dns/client.ts';
import type { ClientSettings, FromClient, ToClient } from './protocol.ts';
import type { Outcome } from './statistics.ts';
import { sendWrite } from './write.ts';

/** Machine milliseconds between two reports to the parent. */
const REPORT = 100;

let worldClock: WorldClock | undefined;
let reports: Outcome[] = [];

function tell(message: FromClient): void {
  // A parent that closes meanwhile is no error, and without a callback would be thrown as one.
  if (process.connected) process.send?.(message, () => undefined);
}

function start(settings: ClientSettings): void {
  const clock = createWorldClock(settings.anchor);
  worldClock = clock;
  const dns = createStubResolver(clock, settings.resolver, { timeout: settings.timeout });
  let number = settings.firstNumber;
  let underWay = 0;
  setInterval(() => {
    // In a paused world nobody writes; what is under way is answered all the same.
    if (clock.speed() === 0 || underWay >= settings.inFlight) return;
    underWay += 1;
    void writeOnce(settings, clock, dns, number++).then((outcome) => {
      underWay -= 1;
      reports.push(outcome);
    });
  }, settings.interval);
  setInterval(() => {
    if (reports.length === 0) return;
    tell({ type: 'outcomes', outcomes: reports });
    reports = [];
  }, REPORT);
}

async function writeOnce(
  settings: ClientSettings,
  clock: Clock,
  dns: ReturnType<typeof createStubResolver>,
  number: number,
): Promise<Outcome> {
  const sentAt = clock.now();
  const signal = AbortSignal.timeout(settings.timeout);
  try {
    const { chain } = await dns.resolve(new URL(settings.url).hostname);
    const status = await sendWrite(settings, chain.at(-1) ?? '', number, signal);
    const acknowledged = status === 201;
    return { number, sentAt, at: clock.now(), acknowledged, ...(acknowledged ? {} : { reason: String(status) }) };
  } catch (error) {
    return {
      number,
      sentAt,
      at: clock.now(),
      acknowledged: false,
      reason: signal.aborted ? 'timeout' : reasonOf(error),
    };
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

process.on('message', (message: ToClient) => {
  if (message.type === 'start') start(message.settings);
  else worldClock?.follow(message.anchor);
});
// Without its parent nobody counts what it writes.
process.on('disconnect', () => process.exit(0));
tell({ type: 'ready' });
