import { useEffect, useState } from 'react';

/** Machine milliseconds after which somebody wonders whether anything happens. */
const NOTICED_AFTER = 150;

/** True once something has been under way for so long that it should be seen. */
export function useSlow(isUnderWay: boolean): boolean {
  const [isSlow, setIsSlow] = useState(false);
  useEffect(() => {
    if (!isUnderWay) return;
    const timer = setTimeout(() => setIsSlow(true), NOTICED_AFTER);
    return () => {
      clearTimeout(timer);
      setIsSlow(false);
    };
  }, [isUnderWay]);
  // Over at once: what was disabled meanwhile must take the focus as soon as the answer is there.
  return isUnderWay && isSlow;
}
