import { useId, useMemo, useRef } from 'react';
import { useSnapshot } from '../store.ts';
import { describeMap } from './describe.ts';
import { mapFacts } from './facts.ts';
import { Glyph } from './glyph.tsx';
import { headline } from './headline.ts';
import { Links } from './links.tsx';
import { DnsNode, RegionPanel, UsersNode } from './nodes.tsx';
import { useBoxes } from './use-boxes.ts';
import styles from './world-map.module.css';

/** The way of users' writes through the system: what serves, what is broken, what is being moved. */
export function WorldMap() {
  const picture = useSnapshot((snapshot) => snapshot.picture);
  const system = useSnapshot((snapshot) => snapshot.system);
  const faults = useSnapshot((snapshot) => snapshot.faults);
  const isPaused = useSnapshot((snapshot) => snapshot.clock.speed === 0);
  const facts = useMemo(() => mapFacts({ picture, system, faults }), [picture, system, faults]);
  const { tone, text } = headline(facts);
  const diagram = useRef<HTMLDivElement>(null);
  const boxes = useBoxes(diagram);
  const id = useId();
  return (
    <section className={styles.card} aria-labelledby={id}>
      <div className={styles.head}>
        <h2 id={id} className={styles.title}>
          Where writes go
        </h2>
        {/* Read aloud when it changes: it holds no figures. */}
        <p className={styles.headline} data-tone={tone} role="status">
          <Glyph tone={tone} />
          {text}
        </p>
      </div>
      <ul className="hidden-text" aria-label="The system in words">
        {describeMap(facts).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <div className={styles.diagram} ref={diagram} data-paused={isPaused} aria-hidden="true">
        <Links facts={facts} boxes={boxes} />
        <UsersNode users={facts.users} />
        <div className={styles.dns}>
          <DnsNode dns={facts.dns} />
        </div>
        {facts.regions.map((region, index) => (
          <RegionPanel key={region.name} region={region} column={index * 2 + 1} />
        ))}
      </div>
    </section>
  );
}
