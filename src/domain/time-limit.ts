/** Machine milliseconds after which it is looked again what is left of a limit. */
const TICK = 50;

/**
 * Calls back when this process has run for `milliseconds` of machine time. What it stood still meanwhile (garbage was
 * collected, its container was out of its share of the processor) does not count: in that time it could not hear an
 * answer, and must not take its own silence for somebody else's. What has arrived then is read before the limit passes.
 * The returned function cancels it. With `unref` it keeps no process alive.
 */
export function startTimeLimit(milliseconds: number, passed: () => void, { unref = false } = {}): () => void {
  let left = Math.ceil(milliseconds);
  let timer: NodeJS.Timeout | undefined;
  const tick = () => {
    if (left <= 0) {
      passed();
      return;
    }
    const wait = Math.min(left, TICK);
    left -= wait;
    timer = setTimeout(tick, wait);
    if (unref) timer.unref();
  };
  tick();
  return () => clearTimeout(timer);
}

/** A signal that ends with a TimeoutError when this process has run for `milliseconds` of machine time. */
export function timeLimit(milliseconds: number): AbortSignal {
  const limit = new AbortController();
  const passed = () => limit.abort(new DOMException(`No answer within ${Math.ceil(milliseconds)} ms`, 'TimeoutError'));
  startTimeLimit(milliseconds, passed, { unref: true });
  return limit.signal;
}
