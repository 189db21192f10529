import { readFileSync } from "node:fs";
import { short } from "./table.ts";

/** What of V8's CPU profile is read. */
interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: Frame }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** Time in which no function ran. */
const NOT_RUNNING = new Set(["(idle)", "(root)"]);

/** The functions in which a profiled process itself spent the most of its working time, as text. */
export function describeHot(path: string, count = 25): string {
  const { nodes, samples, timeDeltas }: CpuProfile = JSON.parse(readFileSync(path, "utf8"));
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const micros = new Map<string, number>();
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const [name, delta] = [names.get(id) as string, timeDeltas[index] ?? 0];
    if (!NOT_RUNNING.has(name)) {
      total += delta;
      micros.set(name, (micros.get(name) ?? 0) + delta);
    }
  }
  const hottest = [...micros].sort(([, a], [, b]) => b - a).slice(0, count);
  return hottest.map(([name, own]) => `  ${short((own / total) * 100).padStart(5)} %  ${name}`).join("\n");
}

function nameOf({ functionName, url, lineNumber }: Frame): string {
  const place = url.replace(/^.*\/(?=node_modules\/|src\/|gen\/)/, "");
  return url === "" ? functionName : `${functionName || "(anonymous)"} ${place}:${lineNumber + 1}`;
}
