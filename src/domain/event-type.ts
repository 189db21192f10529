/** The three documented types of events. Only a streak interaction counts; the others are kept for analytics. */
export type EventType = "streak_interaction" | "widget_impression" | "widget_interaction";
