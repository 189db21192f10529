import { type Timestamp, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { ALL, type Scope } from "../../domain/analytics/keys.ts";
import type { Widget } from "../../domain/project.ts";

/** The largest count that the contract's messages hold. */
const MAX_COUNT = 2 ** 31 - 1;

/** Returns a count as a message holds it. */
export function count(number: number): number {
  return Math.min(number, MAX_COUNT);
}

/** Returns whose numbers a request asks for. */
export function scopeOf(event: string | undefined): Scope {
  return event ?? ALL;
}

/** Returns the widgets that a request asks for: that of an event, or all. */
export function widgetsFor(widgets: readonly Widget[], event: string | undefined): readonly Widget[] {
  return event === undefined ? widgets : widgets.filter((widget) => widget.event === event);
}

/** Returns what every answer says of its freshness: everything before that time, in epoch milliseconds, is counted. */
export function freshness(countedTime: number): { countedTime: Timestamp } {
  return { countedTime: timestampFromMs(countedTime) };
}
