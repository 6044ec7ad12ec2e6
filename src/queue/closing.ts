/** Machine milliseconds. */
const GOOD_ORDER = 3_000;
const CUT = 1_000;

/** True when all of `work` ended well within so many machine milliseconds; never rejects. */
export async function endsWithin(milliseconds: number, work: Promise<unknown>[]): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  const all = Promise.all(work).then(
    () => true,
    () => false,
  );
  const ended = await Promise.race([all, late]);
  clearTimeout(timer);
  return ended;
}

/** Closes a queue or worker in good order, or cuts its connections when the other side is gone; never rejects. */
export async function closeOrCut(
  part: { close(force?: boolean): Promise<void>; disconnect(): Promise<void> },
  force = false,
): Promise<void> {
  if (await endsWithin(GOOD_ORDER, [part.close(force)])) return;
  await endsWithin(CUT, [part.disconnect()]);
}
