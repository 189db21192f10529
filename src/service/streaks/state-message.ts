import type { WidgetSettings as SettingsMessage } from "#gen/streak/v1/project_pb.ts";
import type { MilestoneState, WeekDay as WeekDayMessage } from "#gen/streak/v1/streak_service_pb.ts";
import { milestonesOf } from "../../domain/milestones.ts";
import type { Milestone, WidgetSettings } from "../../domain/project.ts";
import type { WeekDay } from "../../domain/week.ts";
import { settingsToMessage } from "../projects/project-message.ts";

// The parts of a state that are the same for many users. Each is made once, frozen and shared: what is frozen in an
// answer is also written as JSON only once.

const weekMessages = new WeakMap<readonly WeekDay[], WeekDayMessage[]>();

/** A week as the contract's messages. */
export function weekToMessages(week: readonly WeekDay[]): WeekDayMessage[] {
  const known = weekMessages.get(week);
  if (known !== undefined) {
    return known;
  }
  const messages = frozen(week.map((day) => frozen<WeekDayMessage>({ $typeName: "streak.v1.WeekDay", ...day })));
  weekMessages.set(week, messages);
  return messages;
}

/** The lists of a widget's milestones by how many are achieved; at most one more than there are milestones. */
const milestoneLists = new WeakMap<readonly Milestone[], MilestoneState[][]>();

/** A widget's milestones as of a streak's `current`, as the contract's messages. */
export function milestonesToMessages(milestones: readonly Milestone[], current: number): MilestoneState[] {
  const lists = milestoneLists.get(milestones) ?? [];
  milestoneLists.set(milestones, lists);
  const states = milestonesOf(milestones, current);
  const achieved = states.filter((state) => state.achieved).length;
  lists[achieved] ??= frozen(
    states.map((state) => frozen<MilestoneState>({ $typeName: "streak.v1.MilestoneState", ...state })),
  );
  return lists[achieved];
}

const settingsMessages = new WeakMap<WidgetSettings, SettingsMessage>();

/** A widget's settings as the contract's message, shared. */
export function sharedSettings(settings: WidgetSettings): SettingsMessage {
  const known = settingsMessages.get(settings);
  if (known !== undefined) {
    return known;
  }
  const message = settingsToMessage(settings);
  Object.freeze(message.theme);
  settingsMessages.set(settings, frozen(message));
  return message;
}

/** The same object, frozen, in the type that it had: the messages' types know nothing read-only. */
function frozen<T>(value: T): T {
  return Object.freeze(value);
}
