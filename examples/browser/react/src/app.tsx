import { StreakWidget, useStreak } from "@streakd/react";
import { useState } from "react";

/** Where streakd is, and which project: the one that the first `npm start` makes. */
const streakd = {
  baseUrl: import.meta.env.STREAKD_URL as string,
  projectId: "proj_demo",
};

export function App() {
  const [news, setNews] = useState("");
  return (
    <main>
      <h1>Streaks in React</h1>
      <LikeButton />
      <StreakWidget
        {...streakd}
        event="like"
        theme="ocean"
        onMilestone={({ milestone }) => setNews(`You have reached ${milestone.target} days!`)}
      />
      <p>{news}</p>
    </main>
  );
}

/** A button of one's own design: the hook gives the streak, and records. */
function LikeButton() {
  const { state, error, isLoading, record } = useStreak({ ...streakd, event: "like" });
  if (isLoading) {
    return <p>…</p>;
  }
  return (
    <>
      <button type="button" onClick={record} disabled={state?.streak.todayDone}>
        {state?.streak.todayDone ? "Liked today" : "Like"}
      </button>
      <p>
        {state?.streak.current ?? 0} days, {state?.streak.best ?? 0} at best
      </p>
      {error && <p role="alert">{error.message}</p>}
    </>
  );
}
