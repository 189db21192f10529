import { type InstanceReport, type InstanceStore, REPORT_LIFE_MS } from "../instances.ts";

/** The running instances, in memory: one process alone has the folder, and its reports say nothing after its end. */
export function createInstances(): InstanceStore {
  const reports = new Map<string, InstanceReport>();
  return {
    async reportInstance(report) {
      reports.set(report.id, report);
      for (const { id, reportTime } of reports.values()) {
        if (reportTime < report.reportTime - REPORT_LIFE_MS) {
          reports.delete(id);
        }
      }
    },

    async listInstances(since) {
      const current = [...reports.values()].filter(({ reportTime }) => reportTime >= since);
      return current.sort((a, b) => (a.id < b.id ? -1 : 1));
    },

    async removeInstance(id) {
      reports.delete(id);
    },
  };
}
