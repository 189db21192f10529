import { Options } from "../../../components/Options.tsx";
import type { CountsName } from "../../../rules/draft.ts";
import type { RulesPartProps } from "./part.ts";
import styles from "./Rules.module.css";

const OPTIONS = [
  { value: "days", label: "Days", about: "A day counts once, however often it is done." },
  {
    value: "actions",
    label: "Actions",
    about:
      "Each time that your app reports the event counts. To tell a second time from a retry, each event needs its own time or key: the widget and the SDK send both.",
  },
] as const satisfies readonly { readonly value: CountsName; readonly label: string; readonly about: string }[];

/** Asks what a cumulative streak counts. */
export function CountsField({ rules, set, problemAt }: Pick<RulesPartProps, "rules" | "set" | "problemAt">) {
  const error = problemAt("counts");
  return (
    <div>
      <Options
        legend="Counts"
        type="radio"
        options={OPTIONS}
        isChosen={(value) => value === rules.counts}
        onChange={(counts) => set({ counts })}
      />
      {error !== undefined && (
        <p className={styles.error} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
