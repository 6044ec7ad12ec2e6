import { utc } from '../../../../src/blocks/time.ts';
import { formatFault } from '../../../control/format-fault.ts';
import type { FaultKind } from '../../../control/wire.ts';
import { api } from '../api.ts';
import { useSnapshot } from '../store.ts';
import { useRequest } from '../use-request.ts';
import { DurationSwitch } from './duration-switch.tsx';
import styles from './fault-switches.module.css';
import { faultTitle } from './fault-words.ts';
import { Switch } from './switch.tsx';

/** One kind of fault: its sentence, and a switch for each thing in the world that it can be about. */
export function FaultRow({ kind }: { kind: FaultKind }) {
  const faults = useSnapshot((snapshot) => snapshot.faults);
  const { busy, refusal, ask } = useRequest();
  const on = faults.filter(({ name }) => name === kind.name);
  const press = (name: string, isOn: boolean) => void ask(() => api.switchFault(name, isOn));

  return (
    <div className={styles.row}>
      <div>
        <h4 className={styles.name}>{faultTitle(kind.name)}</h4>
        {refusal === undefined ? (
          <p className={styles.sentence}>{kind.sentence}</p>
        ) : (
          <p className={styles.refusal} role="alert">
            {refusal}
          </p>
        )}
      </div>
      <div className={styles.switches}>
        {kind.targets?.map((place) => {
          const fault = on.find(({ target }) => target === place);
          const name = `${kind.name}:${place}`;
          return (
            <Switch
              key={place}
              label={place}
              hiddenLabel={`, ${faultTitle(kind.name).toLowerCase()}`}
              isOn={fault !== undefined}
              {...(fault && { since: utc(fault.since) })}
              busy={busy}
              onPress={(isOn) => press(name, isOn)}
            />
          );
        })}
        {kind.target === 'none' && (
          <Switch
            label=""
            hiddenLabel={faultTitle(kind.name)}
            isOn={on.length > 0}
            {...(on[0] && { since: utc(on[0].since) })}
            busy={busy}
            onPress={(isOn) => press(kind.name, isOn)}
          />
        )}
        {kind.target === 'duration' && (
          <DurationSwitch
            kind={kind}
            fault={on[0]}
            busy={busy}
            onPress={(duration, isOn) => press(isOn ? `${kind.name}:${duration}` : offName(kind, on[0]), isOn)}
          />
        )}
      </div>
    </div>
  );
}

function offName(kind: FaultKind, fault: Parameters<typeof formatFault>[0] | undefined): string {
  return fault ? formatFault(fault) : kind.name;
}
