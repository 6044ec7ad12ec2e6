import type { Socket } from 'node:net';
import type { Clock } from '../../src/domain/clock.ts';
import type { Carrier } from './gate.ts';

/** A line between primary and replica on which changes arrive late. */
export interface LateLine {
  carry: Carrier;
  /** World seconds that the oldest change still under way has been held. */
  heldSeconds: () => number;
  /** Looks again now: the delay has changed. */
  wake(): void;
}

interface Held {
  bytes: Buffer;
  /** World time at which the primary sent it. */
  sentAt: number;
  /** Whether it belongs to the stream of changes; signing in is not delayed. */
  change: boolean;
}

/**
 * Delivers what the primary sends `delaySeconds()` of world time later, in order. So the replica has not *received* it
 * meanwhile, and what is under way when the line breaks never arrives (which `recovery_min_apply_delay` cannot show:
 * there, nothing is ever lost).
 */
export function createLateLine(clock: Clock, delaySeconds: () => number): LateLine {
  const lines = new Set<{ queue: Held[]; deliver(): void }>();
  return {
    carry(from, to) {
      const line = createLine(clock, delaySeconds, to);
      const receive = splitAtStream((bytes, change) => {
        line.queue.push({ bytes, change, sentAt: clock.now() });
        line.deliver();
      });
      const end = () => to.end();
      lines.add(line);
      from.on('data', receive);
      from.once('end', end);
      return {
        stop() {
          from.off('data', receive);
          from.off('end', end);
          line.stop();
          lines.delete(line);
        },
      };
    },
    heldSeconds() {
      const oldest = [...lines].flatMap((line) => line.queue.slice(0, 1)).map((held) => held.sentAt);
      return oldest.length === 0 ? 0 : Math.max(0, (clock.now() - Math.min(...oldest)) / 1000);
    },
    wake() {
      for (const line of lines) line.deliver();
    },
  };
}

function createLine(clock: Clock, delaySeconds: () => number, to: Socket) {
  const queue: Held[] = [];
  let disarm: (() => void) | undefined;
  function deliver(): void {
    disarm?.();
    for (let next = queue[0]; next; next = queue[0]) {
      const due = next.sentAt + (next.change ? delaySeconds() * 1000 : 0);
      if (due > clock.now()) {
        disarm = clock.at(due, deliver);
        return;
      }
      queue.shift();
      to.write(next.bytes);
    }
  }
  function stop(): void {
    disarm?.();
    queue.length = 0;
  }
  return { queue, deliver, stop };
}

/**
 * Tells signing in from the stream of changes, which begins after the message `W` (CopyBothResponse). A message of
 * PostgreSQL's protocol is one byte of type and four of length, which counts itself but not the type.
 */
export function splitAtStream(emit: (bytes: Buffer, change: boolean) => void): (chunk: Buffer) => void {
  let streaming = false;
  let header = Buffer.alloc(0);
  let bodyLeft = 0;

  /** Offset in `chunk` behind the message `W`, or its length when it has not come yet. */
  function streamStart(chunk: Buffer): number {
    let at = 0;
    while (at < chunk.length) {
      const skipped = Math.min(bodyLeft, chunk.length - at);
      bodyLeft -= skipped;
      at += skipped;
      if (bodyLeft === 0 && header[0] === 'W'.charCodeAt(0) && header.length === 5) {
        streaming = true;
        return at;
      }
      if (bodyLeft > 0) break;
      if (header.length === 5) header = Buffer.alloc(0);
      const more = chunk.subarray(at, at + 5 - header.length);
      header = Buffer.concat([header, more]);
      at += more.length;
      if (header.length === 5) bodyLeft = header.readInt32BE(1) - 4;
    }
    return at;
  }

  return (chunk) => {
    const start = streaming ? 0 : streamStart(chunk);
    if (start > 0) emit(chunk.subarray(0, start), false);
    if (start < chunk.length) emit(chunk.subarray(start), true);
  };
}
