/**
 * Calls `end` once when this process is asked to stop, or when whoever started it is gone, and exits afterwards: what the
 * sandbox started must not outlive it.
 */
export function onEnd(end: () => Promise<void>): void {
  const stop = (status: number) => {
    end().then(
      () => process.exit(status),
      () => process.exit(status),
    );
  };
  // The terminal may be gone already; what is still said to it must not end this process half-way.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  process.once('SIGINT', () => stop(130));
  process.once('SIGTERM', () => stop(143));
  process.once('SIGHUP', () => stop(129));
  process.once('disconnect', () => stop(1));
}
