import { useCallback, useMemo, useState } from "react";
import { leftOf } from "../../../../../widget/src/day.ts";
import { TEXTS } from "../../../../../widget/src/element/texts.ts";
import { Button } from "../../../components/Button.tsx";
import { Card } from "../../../components/Card.tsx";
import { Choice } from "../../../components/Choice.tsx";
import { SelectField } from "../../../components/Field.tsx";
import { Notice } from "../../../components/Notice.tsx";
import { todayIn } from "../../../dates.ts";
import { canBeRepaired } from "../../../rules/draft.ts";
import { unitOf, type WidgetDraft } from "../editor/draft.ts";
import { firstMilestone, madeUpState, type Scenario } from "./made-up-state.ts";
import styles from "./Preview.module.css";
import { RealWidget } from "./RealWidget.tsx";

type Scheme = "light" | "dark";

const SCHEMES = [
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
] as const;

const SIZES = [
  { value: "collapsed", label: "Collapsed" },
  { value: "expanded", label: "Expanded" },
] as const;

const TODAY = [
  { value: "pending", label: "Today pending" },
  { value: "done", label: "Today done" },
] as const;

const STREAKS = [
  { value: "none", label: "No streak" },
  { value: "some", label: "Some days" },
  { value: "milestone", label: "Milestone" },
  { value: "repaired", label: "Repaired" },
] as const;

const LANGUAGES = Object.keys(TEXTS).map((value) => ({
  value,
  label: new Intl.DisplayNames(value, { type: "language" }).of(value) ?? value,
}));

/** What a visitor would see of a widget as it is typed. Nothing of it is recorded. */
export default function Preview({ draft, isLive }: { readonly draft: WidgetDraft; readonly isLive: boolean }) {
  const [scheme, setScheme] = useState<Scheme>(schemeOfPage);
  const [size, setSize] = useState<(typeof SIZES)[number]["value"]>("expanded");
  const [scenario, setScenario] = useState<Scenario>({ streak: "some", isDone: true });
  const [language, setLanguage] = useState("en");
  const [celebrations, setCelebrations] = useState(0);
  const milestone = firstMilestone(draft);
  const canShow = {
    milestone: milestone !== undefined,
    // Of weeks and months, the week that is shown has none that was repaired.
    repaired: draft.mode === "continuous" && canBeRepaired(draft.rules) && unitOf(draft) === "day",
  };
  const streaks = STREAKS.filter(({ value }) => !(value in canShow) || canShow[value as keyof typeof canShow]);
  const streak = streaks.find(({ value }) => value === scenario.streak)?.value ?? "some";
  const state = useMemo(
    () => madeUpState(draft, { ...scenario, streak }, todayIn(Intl.DateTimeFormat().resolvedOptions().timeZone)),
    [draft, scenario, streak],
  );
  const toggle = useCallback(() => setSize((now) => (now === "expanded" ? "collapsed" : "expanded")), []);

  return (
    <Card title="Preview" about="What a visitor sees, saved or not. Nothing is recorded.">
      <div className={styles.preview}>
        <div className={`${styles.page} ${styles[scheme]}`}>
          <div className={styles.lines} aria-hidden="true" />
          <RealWidget
            {...{ state, language, scheme, celebrations }}
            isOpen={size === "expanded"}
            onToggle={toggle}
            left={leftOf(state, undefined)}
          />
        </div>
        {!isLive && <Notice kind="warn">The project is not live: visitors see no widget until it is.</Notice>}
        <div className={styles.switches}>
          <Choice label="The visitor’s system" value={scheme} onValue={setScheme} options={SCHEMES} />
          <Choice label="Size" value={size} onValue={setSize} options={SIZES} />
          <Choice
            label="The visitor’s streak"
            value={streak}
            onValue={(chosen) => setScenario({ ...scenario, streak: chosen })}
            options={streaks}
          />
          <Choice
            label="Today"
            value={scenario.isDone ? "done" : "pending"}
            onValue={(chosen) => setScenario({ ...scenario, isDone: chosen === "done" })}
            options={TODAY}
          />
        </div>
        <div className={styles.last}>
          <SelectField label="Language" value={language} onValue={setLanguage} options={LANGUAGES} />
          <Button disabled={streak !== "milestone"} onClick={() => setCelebrations(celebrations + 1)}>
            Celebrate
          </Button>
        </div>
      </div>
    </Card>
  );
}

/** Whether the dashboard itself is light or dark now. */
function schemeOfPage(): Scheme {
  const { theme } = document.documentElement.dataset;
  const isDark = theme === undefined ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
  return isDark ? "dark" : "light";
}
