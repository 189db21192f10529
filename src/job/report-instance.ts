import type { Instances } from "../service/system/instances.ts";
import { REPORT_INTERVAL_MS } from "../store/instances.ts";
import type { StoreLog } from "../store/stores.ts";
import type { Job } from "./job.ts";

/**
 * Reports this instance to the others at once, and every 15 seconds. When reports begin to fail, the log says so: the
 * list of instances then lacks this one, and nothing else.
 */
export function startReporting(instances: Instances, log: StoreLog): Job {
  let reporting: Promise<void> | undefined;
  let isFailing = false;

  async function report(): Promise<void> {
    try {
      await instances.report();
      isFailing = false;
    } catch (err) {
      if (!isFailing) {
        log.warn({ err }, "this instance could not be reported to the others; it is tried again every 15 seconds");
      }
      isFailing = true;
    } finally {
      reporting = undefined;
    }
  }

  function reportUnlessReporting(): void {
    reporting ??= report();
  }

  const timer = setInterval(reportUnlessReporting, REPORT_INTERVAL_MS).unref();
  reportUnlessReporting();
  return {
    async close() {
      clearInterval(timer);
      // A report that came later would stay for a minute.
      await reporting;
      await instances
        .remove()
        .catch((err: unknown) => log.warn({ err }, "the report of this instance was not removed"));
    },
  };
}
