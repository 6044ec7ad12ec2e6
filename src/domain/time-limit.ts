/** Machine milliseconds between two looks at what is left of a limit. */
const TICK = 50;

/**
 * Calls back when `milliseconds` of machine time have passed in which this process listened. What it stood still meanwhile
 * (garbage was collected, its container was out of its share of the processor) does not count: it could not hear an answer
 * then, and must not take its own silence for somebody else's. What has come in by the end is read first. The returned
 * function cancels it. With `unref` it keeps no process alive.
 */
export function startTimeLimit(milliseconds: number, passed: () => void, { unref = false } = {}): () => void {
  let left = Math.ceil(milliseconds);
  let timer: NodeJS.Timeout | undefined;
  let last: NodeJS.Immediate | undefined;
  const tick = () => {
    if (left <= 0) {
      // Sockets are read between a timer and this.
      last = setImmediate(passed);
      return;
    }
    const wait = Math.min(left, TICK);
    left -= wait;
    timer = setTimeout(tick, wait);
    if (unref) timer.unref();
  };
  tick();
  return () => {
    clearTimeout(timer);
    clearImmediate(last);
  };
}

/** A signal that ends with a TimeoutError when such a limit of `milliseconds` has passed; it keeps no process alive. */
export function timeLimit(milliseconds: number): AbortSignal {
  const limit = new AbortController();
  const passed = () => limit.abort(new DOMException(`No answer within ${Math.ceil(milliseconds)} ms`, 'TimeoutError'));
  startTimeLimit(milliseconds, passed, { unref: true });
  return limit.signal;
}
