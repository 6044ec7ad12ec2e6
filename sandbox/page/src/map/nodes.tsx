import type { ReactNode } from 'react';
import type { DnsFacts, NodeFacts, RegionFacts, ServicesFacts, UsersFacts } from './facts.ts';
import { Glyph } from './glyph.tsx';
import styles from './nodes.module.css';
import { Bar, Progress, TimeLeft } from './progress.tsx';

interface NodeProps {
  id: string;
  name: ReactNode;
  facts: NodeFacts;
  children?: ReactNode;
}

/** One part of the system: what it is, how it is, and how far it has come when it is being changed. */
function Node({ id, name, facts, children }: NodeProps) {
  const { tone, text, underWay } = facts;
  return (
    <div className={styles.node} data-node={id} data-tone={tone}>
      <div className={styles.name}>{name}</div>
      <div className={styles.state}>
        <span className={styles.words}>
          <Glyph tone={tone} />
          <span>{text}</span>
        </span>
        {underWay && <TimeLeft to={underWay.to} />}
      </div>
      {underWay && <Progress from={underWay.from} to={underWay.to} />}
      {children}
    </div>
  );
}

export function UsersNode({ users }: { users: UsersFacts }) {
  const { acknowledged, failed, lost } = users;
  return (
    <Node id="users" name="Users" facts={users}>
      <div className={styles.detail}>
        {acknowledged} acknowledged · {failed} failed{lost > 0 && <strong> · {lost} lost</strong>}
      </div>
    </Node>
  );
}

export function DnsNode({ dns }: { dns: DnsFacts }) {
  const { record, region, ttlSeconds, resolvers, canChange, underWay } = dns;
  const stale = resolvers.filter(({ isStale }) => isStale);
  return (
    <Node
      id="dns"
      name={`DNS ${record}`}
      facts={{
        ...dns,
        tone: region === undefined ? 'bad' : stale.length > 0 ? 'warn' : underWay ? 'busy' : 'good',
        text: `${region ?? 'no answer'}${underWay ? ', being changed' : ''}`,
      }}
    >
      <div className={styles.detail}>
        {stale.length === 0 && `TTL ${ttlSeconds} s · ${resolvers.map(({ name }) => name).join(', ')}`}
        {stale.map(({ name, region: old, secondsLeft }) => (
          <strong key={name}>
            {name}: {old ?? 'nothing'} for {secondsLeft} s{' '}
          </strong>
        ))}
        {!canChange && <strong> · cannot be changed</strong>}
      </div>
    </Node>
  );
}

/** What stands in one region, from the load balancer down to the database. */
export function RegionPanel({ region, column }: { region: RegionFacts; column: number }) {
  const { name, badge, condition, balancer, services, databases } = region;
  return (
    <div
      className={styles.region}
      data-node={`region ${name}`}
      data-tone={badge.tone}
      data-condition={condition}
      style={{ gridColumn: column }}
    >
      <div className={styles.regionHead}>
        <span className={styles.regionName}>{name}</span>
        <span className={styles.badge} data-tone={badge.tone}>
          {badge.text}
        </span>
      </div>
      <Node id={`balancer ${name}`} name="Load balancer" facts={balancer} />
      <ServicesNode region={name} services={services} isUp={condition === 'up'} />
      <div className={styles.databases}>
        {databases.map(({ instance, ...facts }) => (
          <Node
            key={instance}
            id={`database ${instance}`}
            name={
              <>
                <span className={styles.kind}>Database </span>
                {instance}
              </>
            }
            facts={facts}
          />
        ))}
      </div>
    </div>
  );
}

function ServicesNode({ region, services, isUp }: { region: string; services: ServicesFacts; isUp: boolean }) {
  const parts = services.deployments.map(({ name, ready, wanted, updated }) => ({
    name,
    share: wanted === 0 ? 1 : Math.min(ready, updated, wanted) / wanted,
    size: Math.max(1, wanted),
  }));
  return (
    <Node id={`services ${region}`} name="Services" facts={services}>
      {isUp && services.tone === 'busy' && <Bar parts={parts} />}
    </Node>
  );
}
