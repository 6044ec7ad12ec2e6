import { type RefObject, useEffect, useRef, useState } from 'react';
import type { Mark, Snapshot, WriteBucket } from '../../../control/wire.ts';
import { usePage } from '../store.ts';
import { worldNow } from '../world-time.ts';
import { barWidth, joinBuckets } from './bins.ts';
import { type Colours, readColours } from './colours.ts';
import type { Drawing } from './paint.ts';
import { Plot, roomForBars } from './plot.ts';
import { type Choice, phasesOf, type Range, rangeOf } from './view.ts';

/** Machine milliseconds between two pictures for those who want stillness. */
const STILL = 1000;

/**
 * Keeps a plot in `host` that follows the world: drawn anew when something changed or time has moved it by a pixel,
 * at most once a frame, and not at all while nobody can see it. Returns the bar under the pointer.
 */
export function usePlot(host: RefObject<HTMLElement | null>, choice: Choice): WriteBucket | undefined {
  const [hovered, setHovered] = useState<WriteBucket>();
  const chosen = useRef(choice);
  chosen.current = choice;
  useEffect(() => {
    const element = host.current;
    return element ? follow(element, () => chosen.current, setHovered) : undefined;
  }, [host]);
  return hovered;
}

/** The marks that are numbered: those in the part that is shown. */
export function marksIn(marks: readonly Mark[], { from, to }: Range): Mark[] {
  return marks.filter(({ at }) => at >= from && at <= to);
}

function follow(
  host: HTMLElement,
  choiceOf: () => Choice,
  setHovered: (bar: WriteBucket | undefined) => void,
): () => void {
  const stillness = window.matchMedia('(prefers-reduced-motion: reduce)');
  let plot: Plot | undefined;
  let colours: Colours = readColours(host);
  let width = 0;
  let shown = '';
  let shownSnapshot: Snapshot | undefined;
  let shownAt = 0;
  let bars: WriteBucket[] = [];
  const onHover = (index: number | undefined) => setHovered(index === undefined ? undefined : bars[index]);

  const draw = (time: number) => {
    frame = requestAnimationFrame(draw);
    const { snapshot } = usePage.getState();
    if (!snapshot || width === 0) return;
    if (stillness.matches && plot && time - shownAt < STILL) return;
    const now = worldNow();
    const choice = choiceOf();
    const { writes, marks, recovery } = snapshot;
    const range = rangeOf(choice, { writes, marks, recovery, now });
    const pixel = (range.to - range.from) / roomForBars(width);
    const position = [choice, width, Math.round(range.from / pixel), Math.round(now / pixel)].join();
    if (position === shown && isSame(snapshot, shownSnapshot)) return;
    [shown, shownSnapshot, shownAt] = [position, snapshot, time];
    bars = joinBuckets(writes, barWidth(range.to - range.from, roomForBars(width)));
    const drawing: Drawing = {
      bars,
      marks: marksIn(marks, range),
      phases: recovery ? phasesOf(recovery, marks, now) : [],
      recovery,
      now,
      colours,
    };
    if (plot) plot.show(drawing, range);
    else plot = new Plot(host, { drawing, range, width }, onHover);
  };
  let frame = requestAnimationFrame(draw);

  const sized = new ResizeObserver(([entry]) => {
    width = Math.floor(entry?.contentRect.width ?? 0);
    if (width > 0) plot?.resize(width);
  });
  sized.observe(host);

  const recolour = () => {
    colours = readColours(host);
    shown = '';
  };
  const scheme = window.matchMedia('(prefers-color-scheme: dark)');
  scheme.addEventListener('change', recolour);
  const theme = new MutationObserver(recolour);
  theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });

  return () => {
    cancelAnimationFrame(frame);
    sized.disconnect();
    scheme.removeEventListener('change', recolour);
    theme.disconnect();
    plot?.close();
  };
}

/** What is drawn comes from these alone. */
function isSame(a: Snapshot, b: Snapshot | undefined): boolean {
  return a.writes === b?.writes && a.marks === b.marks && a.recovery?.status === b.recovery?.status;
}
