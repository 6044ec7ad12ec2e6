import { utc } from '../../../../src/blocks/time.ts';
import { formatSeconds } from '../../../../src/domain/format-seconds.ts';
import type { Mark, RecoveryPicture } from '../../../control/wire.ts';
import { useWorldNow } from '../world-time.ts';
import { clockText } from './clock-text.ts';
import { type Outcome, type Part, type RecoveryFigures, recoveryFigures } from './figures.ts';
import styles from './recovery-clock.module.css';
import { TargetBar } from './target-bar.tsx';

/** The figures of an incident that is or was open. It ticks by itself, and nothing around it is drawn again. */
export function IncidentClock({ recovery, marks }: { recovery: RecoveryPicture; marks: Mark[] }) {
  const now = useWorldNow();
  const figures = recoveryFigures(recovery, marks, now);
  const { elapsedSeconds, parts, outcome } = figures;
  return (
    <>
      <div className={styles.figures}>
        <div className={styles.elapsed}>
          <p className={styles.big} role="timer" aria-live="off">
            {clockText(elapsedSeconds)}
          </p>
          <p className={styles.note}>
            {recovery.recoveredAt === undefined
              ? `since detection, ${utc(recovery.detectedAt)}`
              : 'from detection until a user’s write succeeded; the board counts until Lifeboat saw it'}
          </p>
        </div>
        <Rto figures={figures} />
        <Rpo rpo={figures.rpo} />
      </div>
      <TargetBar figures={figures} />
      <ol className={styles.parts}>
        {parts.map((part) => (
          <PartFigure key={part.name} part={part} />
        ))}
      </ol>
      <p className={styles.outcome} data-outcome={outcome} data-missed={isMissed(figures)} role="status">
        {sentenceOf(outcome, figures)}
      </p>
    </>
  );
}

function Rto({ figures: { rto, isRunning } }: { figures: RecoveryFigures }) {
  const { verdict, leftSeconds, seconds } = rto;
  const words = {
    open: 'left',
    met: 'to spare',
    missed: isRunning ? 'over' : 'too late',
    unknown: 'left when it ended',
  }[verdict];
  return (
    <div className={styles.target} data-verdict={isShort(rto) ? 'short' : verdict}>
      <p className={styles.figure}>
        {clockText(Math.abs(leftSeconds))} <span className={styles.words}>{words}</span>
      </p>
      <p className={styles.note}>
        RTO {formatSeconds(seconds)}
        {verdict === 'met' ? ': met' : verdict === 'missed' ? ': missed' : ''}
      </p>
    </div>
  );
}

function isMissed({ rto, rpo }: RecoveryFigures): boolean {
  return rto.verdict === 'missed' || rpo.verdict === 'missed';
}

/** Less than a fifth of the target is left: worth a look, no more. */
function isShort({ verdict, leftSeconds, seconds }: RecoveryFigures['rto']): boolean {
  return verdict === 'open' && leftSeconds < seconds / 5;
}

function Rpo({ rpo: { verdict, lossSeconds, rowsLost, seconds } }: Pick<RecoveryFigures, 'rpo'>) {
  const rows = !rowsLost ? '' : `, ${rowsLost} ${rowsLost === 1 ? 'write' : 'writes'}`;
  return (
    <div className={styles.target} data-verdict={verdict}>
      <p className={styles.figure}>
        {lossSeconds === undefined ? (
          <span className={styles.words}>loss not known yet</span>
        ) : (
          <>
            {lossSeconds === 0 ? 'none' : formatSeconds(lossSeconds)} <span className={styles.words}>lost{rows}</span>
          </>
        )}
      </p>
      <p className={styles.note}>
        RPO {formatSeconds(seconds)}
        {verdict === 'met' ? ': met' : verdict === 'missed' ? ': missed' : ''}
      </p>
    </div>
  );
}

const PART_NAMES = { detect: 'Detect', decide: 'Decide', execute: 'Execute', verify: 'Verify' } as const;

function PartFigure({ part: { name, state, seconds } }: { part: Part }) {
  return (
    <li className={styles.part} data-state={state} data-part={name}>
      <span className={styles.partName}>{PART_NAMES[name]}</span>
      <span className={styles.partTime}>
        {seconds === undefined
          ? { waiting: '–', unknown: 'not known', 'left out': 'left out' }[state as 'waiting']
          : formatSeconds(seconds)}
      </span>
      {state === 'running' && <span className={styles.running}>now</span>}
    </li>
  );
}

function sentenceOf(outcome: Outcome, { rto, rpo }: RecoveryFigures): string {
  switch (outcome) {
    case 'deciding':
      return 'Nothing has been changed yet: a plan must be approved.';
    case 'executing':
      return 'The run changes the infrastructure; users cannot write yet.';
    case 'verifying':
      return `Users can write again, and the incident is still open.${verdicts(rto, rpo)}`;
    case 'recovered':
      return `Recovered, and the incident is resolved.${verdicts(rto, rpo)}`;
    case 'ended without recovery':
      return 'The incident was resolved without a recovery that could be measured.';
  }
}

function verdicts(rto: RecoveryFigures['rto'], rpo: RecoveryFigures['rpo']): string {
  const loss = rpo.verdict === 'unknown' ? 'the loss is not known' : `RPO ${rpo.verdict}`;
  return ` RTO ${rto.verdict}, ${loss}.`;
}
