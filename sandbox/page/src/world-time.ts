import { useEffect, useState } from 'react';
import { usePage } from './store.ts';

/** The clock is told every half second. Milliseconds after which a world that tells nothing is taken to stand still. */
const SILENCE = 2000;

/** World time now (epoch milliseconds), carried on from the last message of the sandbox. */
export function worldNow(): number {
  const { snapshot, clockReceivedAt } = usePage.getState();
  if (!snapshot) return 0;
  const since = Math.min(performance.now() - clockReceivedAt, SILENCE);
  return snapshot.clock.now + since * snapshot.clock.speed;
}

/** World time that moves while the component is shown; `every` is machine milliseconds. */
export function useWorldNow(every = 250): number {
  const [now, setNow] = useState(worldNow);
  useEffect(() => {
    setNow(worldNow());
    const timer = setInterval(() => setNow(worldNow()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
