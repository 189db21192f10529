import { Gauge, type Registry } from "prom-client";
import { VERSION } from "../version.ts";

/** Registers the metric that tells what runs: always 1, with the versions as labels. */
export function registerBuildInfo(registry: Registry): void {
  const buildInfo = new Gauge({
    name: "streakd_build_info",
    help: "Which streakd runs, on which Node; the value is always 1.",
    labelNames: ["version", "node"],
    registers: [registry],
    aggregator: "first",
  });
  buildInfo.set({ version: VERSION, node: process.version }, 1);
}
