/** Where something stands in the diagram, in CSS pixels from its upper left corner. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** How far below a node a way turns to the side. */
const TURN = 14;
const RADIUS = 8;
/** How far below the regions replication is drawn where it has no room between them. */
const BELOW = 19;
/** As wide must the gap between two nodes be for an arrow with words in it. */
const ROOM = 90;

const middleX = ({ x, width }: Box) => x + width / 2;
const middleY = ({ y, height }: Box) => y + height / 2;

/** The corners of a line from one node to another that stands beside or below it. */
export function lineBetween(from: Box, to: Box): Point[] {
  if (to.x >= from.x + from.width && overlapsInHeight(from, to)) {
    return [
      { x: from.x + from.width, y: middleY(from) },
      { x: to.x, y: middleY(from) },
    ];
  }
  const start = { x: middleX(from), y: from.y + from.height };
  const end = { x: middleX(to), y: to.y };
  if (Math.abs(start.x - end.x) < 1) return [start, { x: start.x, y: end.y }];
  const turn = Math.min(start.y + TURN, (start.y + end.y) / 2);
  return [start, { x: start.x, y: turn }, { x: end.x, y: turn }, end];
}

/**
 * The corners of a line from one database to another beside it: straight where there is room between them for words,
 * otherwise below `bottom`; and where its words belong.
 */
export function lineOfReplication(from: Box, to: Box, bottom: number): { points: Point[]; words: Point } {
  const toTheRight = to.x > from.x;
  const [near, far] = toTheRight ? [from.x + from.width, to.x] : [from.x, to.x + to.width];
  if (Math.abs(far - near) >= ROOM) {
    const y = (middleY(from) + middleY(to)) / 2;
    return {
      points: [
        { x: near, y },
        { x: far, y },
      ],
      words: { x: (near + far) / 2, y },
    };
  }
  const y = bottom + BELOW;
  const [start, end] = [middleX(from), middleX(to)];
  return {
    points: [
      { x: start, y: from.y + from.height },
      { x: start, y },
      { x: end, y },
      { x: end, y: to.y + to.height },
    ],
    words: { x: (start + end) / 2, y },
  };
}

/** The line cut off `distance` before its end, along its last part. */
export function shortened(points: readonly Point[], distance: number): Point[] {
  const end = points.at(-1);
  const before = points.at(-2);
  if (!end || !before) return [...points];
  const length = Math.hypot(end.x - before.x, end.y - before.y);
  const share = length === 0 ? 0 : Math.max(0, length - distance) / length;
  const cut = { x: before.x + (end.x - before.x) * share, y: before.y + (end.y - before.y) * share };
  return [...points.slice(0, -1), cut];
}

/** SVG path data of a line with rounded corners. */
export function pathOf(points: readonly Point[]): string {
  return points
    .map((point, index) => {
      const before = points[index - 1];
      const after = points[index + 1];
      if (!before) return `M${at(point)}`;
      if (!after) return `L${at(point)}`;
      const radius = Math.min(RADIUS, distance(before, point) / 2, distance(point, after) / 2);
      return `L${at(towards(point, before, radius))}Q${at(point)} ${at(towards(point, after, radius))}`;
    })
    .join('');
}

/** Degrees by which an arrow at the end of the line is turned; 0 points to the right. */
export function directionAtEnd(points: readonly Point[]): number {
  const end = points.at(-1);
  const before = points.at(-2);
  if (!end || !before) return 0;
  return (Math.atan2(end.y - before.y, end.x - before.x) * 180) / Math.PI;
}

function overlapsInHeight(a: Box, b: Box): boolean {
  return a.y < b.y + b.height && b.y < a.y + a.height;
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function towards(from: Point, to: Point, length: number): Point {
  const whole = distance(from, to);
  if (whole === 0) return from;
  return { x: from.x + ((to.x - from.x) * length) / whole, y: from.y + ((to.y - from.y) * length) / whole };
}

function at({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
}
