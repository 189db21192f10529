import { expect, test } from "vitest";
import { projectCallsOf } from "#src/service/system/project-calls.ts";

const line = (project: string, method: string, code: string, calls: number) =>
  `streakd_project_requests_total{project="${project}",method="${method}",code="${code}"} ${calls}\n`;
const HEAD = "# HELP streakd_project_requests_total Requests.\n# TYPE streakd_project_requests_total counter\n";

test("the calls of several instances add up, ordered by method and code", () => {
  const pages = [
    HEAD +
      line("mine", "recordEvent", "OK", 3) +
      line("mine", "getState", "OK", 1) +
      line("other", "getState", "OK", 9),
    HEAD + line("mine", "recordEvent", "OK", 4) + line("mine", "recordEvent", "FORBIDDEN_ORIGIN", 2),
  ];
  expect(projectCallsOf("mine", pages)).toEqual({
    calls: [
      { method: "getState", code: "OK", calls: 1 },
      { method: "recordEvent", code: "FORBIDDEN_ORIGIN", calls: 2 },
      { method: "recordEvent", code: "OK", calls: 7 },
    ],
    isCounted: true,
  });
});

test("a project whose name is part of another's, or of the metrics' grammar, is counted alone", () => {
  const page =
    HEAD + line("my", "getState", "OK", 1) + line("my_app", "getState", "OK", 2) + line("__proto__", "a", "OK", 4);
  expect(projectCallsOf("my", [page]).calls).toEqual([{ method: "getState", code: "OK", calls: 1 }]);
  expect(projectCallsOf("__proto__", [page]).calls).toEqual([{ method: "a", code: "OK", calls: 4 }]);
  expect(projectCallsOf("(other)", [page]).calls).toEqual([]);
});

test("a project is not counted whole when one instance has others without a label, and no label for the project", () => {
  const mine = line("mine", "getState", "OK", 1);
  const others = line("(other)", "getState", "OK", 1);
  expect(projectCallsOf("mine", []).isCounted).toBe(true);
  expect(projectCallsOf("mine", [mine + others]).isCounted).toBe(true);
  expect(projectCallsOf("mine", [mine, others]).isCounted).toBe(false);
  expect(projectCallsOf("mine", [others, mine]).isCounted).toBe(false);
  expect(projectCallsOf("mine", [others])).toEqual({ calls: [], isCounted: false });
});
