// Runs inside the page that is measured: what its frames took, and which tasks kept the browser from answering.

/** Starts to watch; the function it returns stops and tells. All figures are milliseconds. */
function watch() {
  const frames = [];
  const tasks = [];
  const keys = [];
  const observers = [
    observe('longtask', {}, ({ duration }) => tasks.push(duration)),
    // From a key or a click until it is to be seen.
    observe('event', { durationThreshold: 16 }, ({ duration, interactionId }) => {
      if (interactionId > 0) keys.push(duration);
    }),
  ];
  let last;
  let isOver = false;
  requestAnimationFrame(function frame(now) {
    if (last !== undefined) frames.push(now - last);
    last = now;
    if (!isOver) requestAnimationFrame(frame);
  });
  return () => {
    isOver = true;
    for (const stop of observers) stop();
    return { frames, tasks, keys };
  };
}

function observe(type, options, take) {
  const observer = new PerformanceObserver((list) => list.getEntries().forEach(take));
  observer.observe({ type, ...options });
  return () => {
    observer.takeRecords().forEach(take);
    observer.disconnect();
  };
}

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** Longer than any list takes; an end that is never reached is a mistake. */
const MOST_FRAMES = 20_000;

/** Scrolls an element to its beginning and back to its end, so many CSS pixels with each frame. */
async function scrollThrough(selector, pixels) {
  const element = document.querySelector(selector);
  if (!element) throw new Error(`nothing is called ${selector}`);
  await scrollUntil(element, -pixels, () => element.scrollTop <= 0);
  await scrollUntil(element, pixels, () => element.scrollHeight - element.scrollTop - element.clientHeight < 2);
}

async function scrollUntil(element, pixels, isThere) {
  // More may be drawn at an end that was reached: it is one only when it still is after a few frames.
  for (let frames = 0, there = 0; there < 5; frames += 1) {
    if (frames > MOST_FRAMES) throw new Error('the end of the list is never reached');
    element.scrollTop += pixels;
    await nextFrame();
    there = isThere() ? there + 1 : 0;
  }
}

/** Once nothing took longer than 50 ms for a second. */
async function settled() {
  for (let calm = 0, last = performance.now(); calm < 60; ) {
    await nextFrame();
    calm = performance.now() - last > 50 ? 0 : calm + 1;
    last = performance.now();
  }
}

globalThis.pageMeasure = { watch, scrollThrough, settled };
