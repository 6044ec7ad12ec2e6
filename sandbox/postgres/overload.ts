import type { Socket } from 'node:net';

/** Connections that a server at its limit still takes at each of its gates. */
export const FEW = 2;
/** Machine milliseconds by which each of its answers is late: clients' patience is measured in these. */
const SLOWNESS = 700;
/** First numbers of a request for encryption (SSL, GSSAPI), which comes before signing in. */
const ENCRYPTION_REQUESTS = [80_877_103, 80_877_104];

/** Carries every answer late, in order. */
export function slowly(from: Socket, to: Socket): { stop(): void } {
  const timers = new Set<NodeJS.Timeout>();
  const later = (act: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, SLOWNESS);
    timers.add(timer);
  };
  const receive = (bytes: Buffer) => later(() => to.write(bytes));
  const end = () => later(() => to.end());
  from.on('data', receive);
  from.once('end', end);
  return {
    stop() {
      from.off('data', receive);
      from.off('end', end);
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

/** Answers a client that wants to sign in as a server does that has no connection left for it. */
export function turnAway(client: Socket): void {
  client.on('data', (bytes: Buffer) => {
    if (bytes.length >= 8 && ENCRYPTION_REQUESTS.includes(bytes.readInt32BE(4))) client.write('N');
    else client.end(NO_SLOT);
  });
  client.resume();
}

/** ErrorResponse: type, length, then fields of a letter and a text each. */
const NO_SLOT = errorResponse({
  S: 'FATAL',
  V: 'FATAL',
  C: '53300',
  M: 'remaining connection slots are reserved for roles with the SUPERUSER attribute',
});

function errorResponse(fields: Record<string, string>): Buffer {
  const body = Buffer.from(
    `${Object.entries(fields)
      .map(([field, text]) => `${field}${text}\0`)
      .join('')}\0`,
  );
  const header = Buffer.alloc(5);
  header.write('E');
  header.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([header, body]);
}
