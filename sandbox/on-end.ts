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
  process.once('SIGINT', () => stop(130));
  process.once('SIGTERM', () => stop(143));
  process.once('SIGHUP', () => stop(129));
  process.once('disconnect', () => stop(1));
}
