import { obstacleWords } from './describe.ts';
import type { MapFacts } from './facts.ts';
import { type Box, directionAtEnd, lineBetween, lineOfReplication, type Point, pathOf, shortened } from './geometry.ts';
import styles from './links.module.css';
import { type Hop, hopsOf } from './routes.ts';
import type { Boxes } from './use-boxes.ts';

/** Pixels between the place where writes fail and the node that they do not reach. */
const SHORT_OF = 12;

/** The lines of the diagram: what could carry something, the ways that writes take, and replication. */
export function Links({ facts, boxes }: { facts: MapFacts; boxes: Boxes }) {
  const { width, height, nodes } = boxes;
  const hops = hopsOf(facts.routes).flatMap((hop) => {
    const points = pointsOf(hop, nodes);
    return points ? [{ hop, points }] : [];
  });
  return (
    <>
      <svg className={styles.links} width={width} height={height} aria-hidden="true">
        {facts.regions.flatMap(({ name, condition, databases }) => {
          const chain = [`balancer ${name}`, `services ${name}`, `database ${databases[0]?.instance}`];
          return chain.slice(1).map((to, index) => {
            const [from, end] = [nodes[chain[index] ?? ''], nodes[to]];
            return from && end ? (
              <path key={to} className={styles.idle} data-condition={condition} d={pathOf(lineBetween(from, end))} />
            ) : null;
          });
        })}
        {hops.map(({ hop, points }) => (
          <Line key={`${hop.from} ${hop.to}`} points={points} state={hop.state} />
        ))}
        <Replication facts={facts} nodes={nodes} />
      </svg>
      {hops.map(({ hop, points }) => {
        const end = points.at(-1);
        if (hop.obstacle === undefined || !end) return null;
        return (
          <span key={`${hop.from} ${hop.to}`} className={styles.obstacle} style={{ left: end.x, top: end.y }}>
            <svg viewBox="0 0 10 10" aria-hidden="true">
              <path d="M1.5 1.5l7 7m0-7l-7 7" />
            </svg>
            {obstacleWords(hop.obstacle)}
          </span>
        );
      })}
      <ReplicationWords facts={facts} nodes={nodes} />
    </>
  );
}

/** The line of a part of the way; a broken one ends where it is broken. */
function pointsOf({ from, to, state, obstacle }: Hop, nodes: Boxes['nodes']): Point[] | undefined {
  const start = nodes[from];
  // A region that cannot be reached is not even entered.
  const isOutside = from === 'dns' && (obstacle === 'hangs' || obstacle === 'refuses');
  const region = nodes[to.replace('balancer', 'region')];
  const end = nodes[to];
  if (!start || !end) return undefined;
  const points = lineBetween(start, isOutside && region ? { ...end, y: region.y } : end);
  return state === 'broken' ? shortened(points, SHORT_OF) : points;
}

function Line({ points, state }: { points: Point[]; state: Hop['state'] }) {
  const end = points.at(-1);
  const path = pathOf(points);
  return (
    <g className={styles.line} data-state={state}>
      <path className={styles.track} d={path} />
      {(state === 'flows' || state === 'tries') && <path className={styles.dots} d={path} />}
      {end && state !== 'broken' && <Arrow at={end} degrees={directionAtEnd(points)} />}
    </g>
  );
}

function Arrow({ at, degrees }: { at: Point; degrees: number }) {
  return (
    <path className={styles.arrow} d="M0 0L-7 -4V4z" transform={`translate(${at.x} ${at.y}) rotate(${degrees})`} />
  );
}

function replicationLine({ replication, regions }: MapFacts, nodes: Boxes['nodes']) {
  const from = nodes[`database ${replication?.from}`];
  const to = nodes[`database ${replication?.to}`];
  if (!replication || !from || !to) return undefined;
  const panels = regions.flatMap(({ name }): Box[] => {
    const panel = nodes[`region ${name}`];
    return panel ? [panel] : [];
  });
  const bottom = Math.max(...panels.map(({ y, height }) => y + height));
  return { replication, ...lineOfReplication(from, to, bottom) };
}

function Replication({ facts, nodes }: { facts: MapFacts; nodes: Boxes['nodes'] }) {
  const line = replicationLine(facts, nodes);
  if (!line) return null;
  const { state } = line.replication;
  const end = line.points.at(-1);
  const path = pathOf(line.points);
  return (
    <g className={styles.replication} data-state={state}>
      <path className={styles.track} d={path} />
      {(state === 'streaming' || state === 'late') && <path className={styles.dots} d={path} />}
      {end && state !== 'ended' && <Arrow at={end} degrees={directionAtEnd(line.points)} />}
    </g>
  );
}

function ReplicationWords({ facts, nodes }: { facts: MapFacts; nodes: Boxes['nodes'] }) {
  const line = replicationLine(facts, nodes);
  if (!line) return null;
  const { tone, text, detail } = line.replication;
  return (
    <span className={styles.words} data-tone={tone} style={{ left: line.words.x, top: line.words.y }}>
      <strong>{text}</strong>
      <span>{detail}</span>
    </span>
  );
}
