/** The name of a project that this made. Only such a project is replaced. */
export const PROJECT_NAME = "Polyglot (a demo)";

const message = (theme: string, position: string, mainMessage: string) => ({
  theme: { name: theme },
  position,
  mainMessage,
});

const milestone = (target: number, msg: string, rewardType = "message") => ({ target, msg, rewardType });

/** Returns the project: an app to learn languages with, as the API takes it. */
export function projectOf(siteKey: string): object {
  return {
    siteKey,
    name: PROJECT_NAME,
    allowedOrigins: ["https://polyglot.example", "*.polyglot.example", "localhost"],
    timeZone: "Europe/Berlin",
    plan: { name: "growth" },
    analytics: { keepRepeats: true, metaKeys: ["plan", "platform"] },
    widgets: [
      {
        event: "visit",
        settings: message("beige", "bottom-right", "Good to see you again!"),
        milestones: [milestone(3, "Three days!"), milestone(7, "A whole week"), milestone(30, "A month, every day")],
      },
      {
        event: "lesson_done",
        settings: message("ocean", "bottom-left", "One lesson a day"),
        milestones: [
          milestone(3, "You are warming up"),
          milestone(7, "A week of lessons", "badge"),
          milestone(30, "A month of lessons", "badge"),
          milestone(100, "100 lessons in a row", "coupon"),
          milestone(365, "A year of lessons", "coupon"),
        ],
      },
      {
        event: "word_saved",
        mode: "cumulative",
        settings: message("grape", "top-right", "Your words"),
        milestones: [milestone(10, "Ten days of new words"), milestone(50, "A real collector", "badge")],
      },
    ],
  };
}
