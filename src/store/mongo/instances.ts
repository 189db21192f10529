import { type InstanceReport, type InstanceStore, REPORT_LIFE_MS } from "../instances.ts";
import type { Connection } from "./connection.ts";
import type { InstanceDocument } from "./documents.ts";

/** The running instances, each a document. */
export function createInstances(connection: Connection): InstanceStore {
  const { instances } = connection;
  return {
    reportInstance: (report) =>
      connection.run(async () => {
        const { id, ...fields } = report;
        const times = { startTime: new Date(report.startTime), reportTime: new Date(report.reportTime) };
        await instances.replaceOne({ _id: id }, { ...fields, ...times }, { upsert: true });
        await instances.deleteMany({ reportTime: { $lt: new Date(report.reportTime - REPORT_LIFE_MS) } });
      }),

    listInstances: (since) =>
      connection.run(async () => {
        const found = instances.find({ reportTime: { $gte: new Date(since) } });
        return (await found.sort({ _id: 1 }).toArray()).map(reportOf);
      }),

    removeInstance: (id) => connection.run(async () => void (await instances.deleteOne({ _id: id }))),
  };
}

function reportOf({ _id, startTime, reportTime, ...fields }: InstanceDocument): InstanceReport {
  return { id: _id, ...fields, startTime: startTime.getTime(), reportTime: reportTime.getTime() };
}
