import { StrictMode } from "react";
import {
  StreakWidget,
  type StreakWidgetProps,
  type UseStreakOptions,
  useStreak,
} from "../../../packages/react/src/index.ts";

/** What is on the page: components that show a streak by the hook, and widgets. */
export interface Shown {
  readonly streaks?: readonly UseStreakOptions[];
  readonly widgets?: readonly StreakWidgetProps[];
}

function Streak(options: UseStreakOptions) {
  const { state, error, isLoading, record, refresh } = useStreak(options);
  return (
    <p>
      <output>
        {isLoading ? "loading" : [state && `${state.streak.current} days`, error?.code].filter(Boolean).join()}
      </output>
      <button type="button" onClick={record}>
        record
      </button>
      <button type="button" onClick={refresh}>
        refresh
      </button>
    </p>
  );
}

/** The events of the widgets. */
export const told: string[] = [];

/** The page of the tests. */
export function Page({ streaks = [], widgets = [] }: Shown) {
  return (
    <StrictMode>
      {streaks.map((options, index) => (
        <Streak key={index} {...options} />
      ))}
      {widgets.map((props, index) => (
        <StreakWidget
          key={index}
          onReady={({ state }) => told.push(`ready ${state.streak.current}`)}
          onChange={({ state: { streak }, previous }) => {
            // It also comes after a read that has found nothing new.
            if (streak.current !== previous.streak.current) {
              told.push(`change ${previous.streak.current} ${streak.current}`);
            }
          }}
          onMilestone={({ milestone }) => told.push(`milestone ${milestone.target}`)}
          {...props}
        />
      ))}
    </StrictMode>
  );
}
