import type { CallFilter } from './call-filter.ts';
import styles from './call-log.module.css';

interface CallFiltersProps {
  filter: CallFilter;
  services: [service: string, count: number][];
  onChange(filter: CallFilter): void;
}

/** Text, services, and the two questions that are asked most: what was changed, and what was refused. */
export function CallFilters({ filter, services, onChange }: CallFiltersProps) {
  const { text, hidden, changesOnly, refusedOnly } = filter;
  const toggle = (service: string) => {
    const next = new Set(hidden);
    if (!next.delete(service)) next.add(service);
    onChange({ ...filter, hidden: next });
  };
  return (
    <search className={styles.filters} aria-label="Filter the calls">
      <input
        type="search"
        className={styles.text}
        aria-label="Filter by text"
        placeholder="Filter: PromoteReadReplica, us-west-2, 403"
        value={text}
        onChange={(event) => onChange({ ...filter, text: event.target.value })}
      />
      <div className={styles.toggles}>
        <Toggle
          label="Changes only"
          isOn={changesOnly}
          onPress={() => onChange({ ...filter, changesOnly: !changesOnly })}
        />
        <Toggle
          label="Refused only"
          isOn={refusedOnly}
          onPress={() => onChange({ ...filter, refusedOnly: !refusedOnly })}
        />
      </div>
      <fieldset className={styles.services}>
        <legend className="hidden-text">Services that are shown</legend>
        {services.map(([service, count]) => (
          <label key={service} className={styles.service}>
            <input type="checkbox" checked={!hidden.has(service)} onChange={() => toggle(service)} />
            {service} <span className={styles.serviceCount}>{count.toLocaleString('en')}</span>
          </label>
        ))}
      </fieldset>
    </search>
  );
}

function Toggle({ label, isOn, onPress }: { label: string; isOn: boolean; onPress(): void }) {
  return (
    <button type="button" className={styles.toggle} aria-pressed={isOn} onClick={onPress}>
      {label}
    </button>
  );
}
