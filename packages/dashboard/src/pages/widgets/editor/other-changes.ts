import type { Project, Widget } from "#gen/streak/v1/project_pb.ts";
import { plural } from "../../../format.ts";
import type { Difference } from "./difference.ts";
import { differences } from "./differences.ts";
import { toDraft } from "./draft.ts";

/**
 * Returns what differs between two versions of a project in its other widgets, in words.
 *
 * @param event the event of the widget that is left out, since it is compared field by field
 */
export function otherChanges(before: Project, after: Project, event: string | undefined): Difference[] {
  const [earlier, later] = [byEvent(before), byEvent(after)];
  return [...new Set([...earlier.keys(), ...later.keys()])]
    .filter((each) => each !== event)
    .flatMap((each) => ofWidget(each, earlier.get(each), later.get(each)));
}

function byEvent({ widgets }: Project): ReadonlyMap<string, Widget> {
  return new Map(widgets.map((widget) => [widget.event, widget]));
}

function ofWidget(event: string, before: Widget | undefined, after: Widget | undefined): Difference[] {
  const label = `The widget for ${event}`;
  const key = `widget ${event}`;
  if (before === undefined || after === undefined) {
    const [was, is] = [before === undefined ? "" : "there", after === undefined ? "removed" : "there"];
    return [{ key, label, before: was, after: is }];
  }
  const changed = differences(toDraft(before), toDraft(after));
  return changed.length === 0
    ? []
    : [{ key, label, before: "as it was", after: plural(changed.length, "change", "changes") }];
}
