import { useState } from 'react';
import type { RunbookPicture } from '../../../control/wire.ts';
import { api, Refusal } from '../api.ts';
import { usePerson } from '../chat/use-person.ts';
import { useSession } from '../session.ts';
import { useSnapshot } from '../store.ts';
import { useRequest } from '../use-request.ts';
import { commandLine } from './command-line.ts';
import { ParameterInput } from './parameter-input.tsx';
import styles from './start-runbook.module.css';

/** The channel in which incidents are led. */
const INCIDENT_CHANNEL = 'incident-response';

/** One runbook: what it is, what it may be given, and a button that types its command as the chosen person. */
export function RunbookRow({ runbook }: { runbook: RunbookPicture }) {
  const { system, id, title, severity, modes, parameters, onlyLooks } = runbook;
  const [mode, setMode] = useState(modes[0]);
  const [values, setValues] = useState<Record<string, string>>({});
  const [reason, setReason] = useState('');
  const { busy, refusal, ask } = useRequest();
  const person = usePerson();
  const channels = useSnapshot((snapshot) => snapshot.channels);
  const setSession = useSession((state) => state.set);
  const channel = channels.find(({ name }) => name === INCIDENT_CHANNEL) ?? channels[0];
  const line = commandLine(runbook, { mode, values, reason });
  const lacks = parameters.some(({ name, required }) => required && (values[name] ?? '').trim() === '');

  const start = () =>
    ask(async () => {
      if (!channel) throw new Refusal('There is no channel in which it could be typed.');
      const seen = await api.command({ as: person.id, channel: channel.id, text: line });
      if (seen.outcome === 'not-sent') throw new Refusal(seen.text);
      // What comes of it is told in the channel.
      setSession({ half: 'chat', channel: channel.id, thread: undefined });
    });
  return (
    <li className={styles.row}>
      <div>
        <h4 className={styles.name}>
          <span className={styles.severity}>{severity}</span> {title}
        </h4>
        <p className={styles.line}>
          <code>{line}</code>
          {onlyLooks && <span className={styles.dim}> It only looks, and begins at once.</span>}
        </p>
        {refusal !== undefined && (
          <p className={styles.refusal} role="alert">
            {refusal}
          </p>
        )}
      </div>
      <div className={styles.inputs}>
        {modes.length > 1 && (
          <label className={styles.field}>
            <span className={styles.label}>mode</span>
            <select className={styles.input} value={mode} onChange={(event) => setMode(event.target.value)}>
              {modes.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
        )}
        {parameters.map((parameter) => (
          <ParameterInput
            key={parameter.name}
            parameter={parameter}
            value={values[parameter.name] ?? ''}
            onChange={(value) => setValues((before) => ({ ...before, [parameter.name]: value }))}
          />
        ))}
        <label className={styles.field}>
          <span className={styles.label}>reason</span>
          <input
            className={styles.input}
            value={reason}
            placeholder="optional"
            maxLength={200}
            onChange={(event) => setReason(event.target.value)}
          />
        </label>
        <button
          type="button"
          className={styles.start}
          disabled={busy || lacks}
          onClick={({ detail }) => detail < 2 && void start()}
        >
          Start<span className="hidden-text">{` ${system}/${id}`}</span> as {person.name}
        </button>
      </div>
    </li>
  );
}
