import { Histogram, type Registry } from "prom-client";
import type { EndedCall } from "../call/observer.ts";
import { createCounts, DURATION_BUCKETS, memoize } from "./instruments.ts";

/** Measures the calls of the API's methods. */
export interface CallMetrics {
  readonly called: (call: EndedCall) => void;
}

/**
 * How many projects have a label of their own, the first that are called since the start. The calls of all others are
 * counted together, so that the page does not grow with the number of projects.
 */
export const MAX_LABELLED_PROJECTS = 100;

/** The label of the projects beyond that. No siteKey may hold parentheses. */
const OTHER_PROJECTS = "(other)";

/** Registers the metrics of calls. */
export function createCallMetrics(registry: Registry): CallMetrics {
  const registers = [registry];
  const requests = createCounts({
    name: "streakd_requests_total",
    help: "Requests to a method of the API, by the error's code or OK.",
    labelNames: ["protocol", "method", "code"],
    registers,
  });
  const requestSeconds = new Histogram({
    name: "streakd_request_seconds",
    help: "From when a request was read, its headers at least, to its answer.",
    labelNames: ["protocol", "method"],
    buckets: DURATION_BUCKETS,
    registers,
  });
  const ofProjects = createCounts({
    name: "streakd_project_requests_total",
    help: "Requests that named a project that exists, by the error's code or OK; only so many projects have a label.",
    labelNames: ["project", "method", "code"],
    registers,
  });
  // By one name after the other: a name that is built for each call would cost more than to count it.
  const instrumentsOf = memoize((protocol) =>
    memoize((method) => {
      const seconds = requestSeconds.labels(protocol, method);
      return memoize((code) => ({ count: requests(protocol, method, code), seconds }));
    }),
  );
  const countsOf = (project: string) => memoize((method) => memoize((code) => ofProjects(project, method, code)));
  const others = countsOf(OTHER_PROJECTS);
  const byProject = new Map<string, typeof others>();

  function countsFor(project: string): typeof others {
    const known = byProject.get(project);
    if (known !== undefined || byProject.size >= MAX_LABELLED_PROJECTS) {
      return known ?? others;
    }
    const counts = countsOf(project);
    byProject.set(project, counts);
    return counts;
  }

  return {
    called({ method, incoming, code, seconds, subject }) {
      if (method.isProbe) {
        return;
      }
      const name = method.contract.method.localName;
      const instruments = instrumentsOf(incoming.protocol)(name)(code);
      instruments.count.value += 1;
      instruments.seconds.observe(seconds);
      if (subject !== undefined) {
        countsFor(subject.project)(name)(code).value += 1;
      }
    },
  };
}
