import { type RefObject, useCallback, useEffect, useLayoutEffect, useState } from 'react';
import type { Box } from './geometry.ts';

export interface Boxes {
  width: number;
  height: number;
  /** By the nodes' `data-node`. */
  nodes: Record<string, Box>;
}

const NONE: Boxes = { width: 0, height: 0, nodes: {} };

/** Where the elements with `data-node` in a container stand; measured again when its size or anything drawn changes. */
export function useBoxes(container: RefObject<HTMLElement | null>): Boxes {
  const [boxes, setBoxes] = useState(NONE);
  const measure = useCallback(() => {
    if (!container.current) return;
    const measured = boxesIn(container.current);
    setBoxes((before) => (JSON.stringify(before) === JSON.stringify(measured) ? before : measured));
  }, [container]);
  // Without dependencies: any text that was drawn anew may have moved the nodes.
  useLayoutEffect(measure);
  useEffect(() => {
    const observer = new ResizeObserver(measure);
    if (container.current) observer.observe(container.current);
    return () => observer.disconnect();
  }, [container, measure]);
  return boxes;
}

function boxesIn(container: HTMLElement): Boxes {
  const outer = container.getBoundingClientRect();
  const nodes: Record<string, Box> = {};
  for (const element of container.querySelectorAll<HTMLElement>('[data-node]')) {
    const { x, y, width, height } = element.getBoundingClientRect();
    nodes[element.dataset.node ?? ''] = {
      x: round(x - outer.x),
      y: round(y - outer.y),
      width: round(width),
      height: round(height),
    };
  }
  return { width: round(outer.width), height: round(outer.height), nodes };
}

const round = (value: number) => Math.round(value * 10) / 10;
