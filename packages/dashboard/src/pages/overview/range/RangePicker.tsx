import { Choice } from "../../../components/Choice.tsx";
import styles from "./Range.module.css";
import { problemOfRange, type Range, SPANS, STEPS, stepOf } from "./range.ts";

const SPAN_LABELS = { "7d": "7 days", "30d": "30 days", "90d": "90 days", "1y": "Year", own: "Other" } as const;
const STEP_LABELS = { day: "Days", week: "Weeks", month: "Months" } as const;

/** The choice of the days that the charts show, of how days are put together, and of the event. */
export function RangePicker({
  range,
  onRange,
  events,
  today,
}: {
  readonly range: Range;
  readonly onRange: (range: Range) => void;
  /** The project's events; undefined when they are not known. */
  readonly events: readonly string[] | undefined;
  /** The present day of the project, which one's own range begins with. */
  readonly today: string | undefined;
}) {
  const { span, step, event, from, to } = range;
  const problem = problemOfRange(range);
  const known = events?.includes(event) || event === "" ? events : [...(events ?? []), event];
  return (
    <search className={styles.picker} aria-label="What the charts show">
      <Choice
        label="Days"
        value={span}
        onValue={(next) => onRange({ ...range, span: next, step: stepOf(next) })}
        options={SPANS.map((value) => ({ value, label: SPAN_LABELS[value] }))}
      />
      {span === "own" && (
        <div className={styles.dates}>
          <DateInput
            label="First day"
            value={from}
            max={to || today}
            onValue={(next) => onRange({ ...range, from: next })}
          />
          <span aria-hidden="true">–</span>
          <DateInput label="Last day" value={to} min={from} onValue={(next) => onRange({ ...range, to: next })} />
        </div>
      )}
      <Choice
        label="Put together by"
        value={step}
        onValue={(next) => onRange({ ...range, step: next })}
        options={STEPS.map((value) => ({ value, label: STEP_LABELS[value] }))}
      />
      {known !== undefined && known.length > 0 && (
        <select
          className={styles.select}
          aria-label="Event"
          value={event}
          onChange={({ target }) => onRange({ ...range, event: target.value })}
        >
          <option value="">All events</option>
          {known.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      )}
      {problem !== undefined && (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
      {span === "own" && (from === "" || to === "") && (
        <p className={styles.hint}>Choose the first and the last day.</p>
      )}
    </search>
  );
}

function DateInput({
  label,
  value,
  min,
  max,
  onValue,
}: {
  readonly label: string;
  readonly value: string;
  readonly min?: string;
  readonly max?: string | undefined;
  readonly onValue: (value: string) => void;
}) {
  return (
    <input
      type="date"
      className={styles.select}
      aria-label={label}
      value={value}
      min={min}
      max={max}
      onChange={({ target }) => onValue(target.value)}
    />
  );
}
