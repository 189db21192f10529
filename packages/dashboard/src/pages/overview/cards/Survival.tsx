import { formatNumber, formatPercent } from "../../../format.ts";
import { ChartFrame } from "../charts/ChartFrame.tsx";
import type { Chart } from "../charts/chart.ts";
import { medianDays, type SurvivalPoint, survivalCurve } from "../numbers/survival-curve.ts";
import { inUnit, lengthInWords, unitTitle } from "../numbers/units.ts";
import { type Subject, useSurvival } from "../queries.ts";
import { useUnits } from "../use-units.ts";

/** The curve is drawn as far as this part of the runs gets: the rest would be a flat line. */
const LEAST_PART = 0.01;

/** How long runs last. */
export function Survival({ subject }: { readonly subject: Subject }) {
  const query = useSurvival(subject);
  const unit = useUnits(subject.siteKey)(subject.event);
  const curve = survivalCurve(query.data?.days ?? []);
  const drawn = curve.filter(({ part }) => part >= LEAST_PART).length;
  const median = medianDays(curve);
  return (
    <ChartFrame
      title="How long runs last"
      about={`Of all unbroken runs ever begun, the part that gets to each length, ${inUnit(unit)}.${median === undefined || median === 1 ? "" : ` Half of them get to ${lengthInWords(median, unit)} or more.`}`}
      query={query}
      isEmpty={() => curve.length === 0}
      empty={{ title: "No run has ended yet", text: "A run is settled when its user misses a day, or goes on." }}
      chartOf={(): Chart<SurvivalPoint> => ({
        rows: curve,
        drawn,
        rowTitle: unitTitle(unit),
        rowName: ({ days }) => lengthInWords(days, unit),
        rowTick: ({ days }) => formatNumber(days),
        series: [
          { ...{ key: "part", title: "Get there", kind: "area", colour: "var(--chart-3)" }, value: ({ part }) => part },
        ],
        extra: [
          { key: "reached", title: "Runs that did", cell: ({ reached }) => formatNumber(reached) },
          { key: "wentOn", title: "Went on", cell: ({ wentOn }) => formatNumber(wentOn) },
          {
            ...{ key: "next", title: "Went on, in percent" },
            cell: ({ reached, wentOn }) => (reached === 0 ? "–" : formatPercent(wentOn / reached)),
          },
        ],
        max: 1,
        format: formatPercent,
        tick: formatPercent,
      })}
    />
  );
}
