export type { StreakWidgetAttributes } from "./jsx.ts";
export { StreakWidget, type StreakWidgetProps } from "./streak-widget.tsx";
export { type Server, type UseStreak, type UseStreakOptions, useStreak } from "./use-streak.ts";
