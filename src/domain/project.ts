import type { Rules } from "./rules.ts";

/** An app or site whose users keep streaks. Valid and complete: checks and defaults happen where it is created. */
export interface Project {
  /**
   * What everything recorded for the project is stored under. Made anew for each project, so that nothing of a deleted
   * project shows in a later one with the same `siteKey`.
   */
  readonly id: string;
  /** The public ID (also called API key), unique among the projects. */
  readonly siteKey: string;
  readonly name: string;
  /** The web origins whose pages may call for this project; see `origins.ts` for what an entry can be. */
  readonly allowedOrigins: readonly string[];
  /** The IANA zone of users whose own is not known. */
  readonly timeZone: string;
  /** Whether the project is switched on; handed to the widget, otherwise without effect. */
  readonly live: boolean;
  /** At most one for each event. */
  readonly widgets: readonly Widget[];
}

/** What of a project can be changed. */
export type ProjectChange = Partial<Pick<Project, "name" | "allowedOrigins" | "timeZone" | "live" | "widgets">>;

/** What an event name is configured as. */
export interface Widget {
  /** The event's name, such as `like`. */
  readonly event: string;
  readonly rules: Rules;
  readonly milestones: readonly Milestone[];
  readonly settings: WidgetSettings;
}

/** A number of days worth celebrating. */
export interface Milestone {
  /** Unique in its widget. */
  readonly id: string;
  /** How many days reach it; at least 1. */
  readonly target: number;
  readonly msg: string;
  readonly rewardType: string;
}

/** How a widget looks. Kept and handed out; it means nothing to the service. */
export interface WidgetSettings {
  readonly theme: { readonly name: string };
  readonly position: string;
  readonly mainMessage: string;
}
