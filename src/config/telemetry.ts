import type { SettingsReader } from "./settings-reader.ts";

/** Which requests have a line in the log. */
export interface RequestLogSettings {
  /** The share of the successful calls, from 0 to 1. Every other request has a line. */
  readonly share: number;
  /** The most lines a second: so many of successful calls, and so many of others. */
  readonly perSecond: number;
  /** Whether the lines name users. */
  readonly hasUsers: boolean;
}

/** What the server tells its operator. */
export interface TelemetryConfig {
  /** Which requests have a line in the log. */
  readonly requestLog: RequestLogSettings;
  /** Whether calls are traced. Where the spans go, OpenTelemetry's SDK reads from the environment itself. */
  readonly isTraced: boolean;
}

/** The settings that say where spans go: for all signals, or for traces alone. */
const ENDPOINTS = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

/** The setting that says in which way spans are sent, if at all. */
const EXPORTER = "OTEL_TRACES_EXPORTER";

/** The one protocol in which spans are sent, as OpenTelemetry calls it. */
const PROTOCOL = "http/protobuf";

/** Reads what to log and to trace. */
export function readTelemetry(settings: SettingsReader): TelemetryConfig {
  return {
    requestLog: {
      share: readShare(settings),
      perSecond: settings.integer("LOG_REQUESTS_PER_SECOND"),
      hasUsers: settings.choice("LOG_USERS") === "on",
    },
    isTraced: readIsTraced(settings),
  };
}

function readShare(settings: SettingsReader): number {
  const given = settings.text("LOG_REQUESTS") as string;
  if (!/^\d*\.?\d+$/.test(given) || Number(given) > 1) {
    const problem = `LOG_REQUESTS must be a number from 0 to 1, such as 0.01, not "${given}"; unset it to use 1`;
    settings.refuse("LOG_REQUESTS", problem);
  }
  return Number(given);
}

function readIsTraced(settings: SettingsReader): boolean {
  const given = ENDPOINTS.filter((name) => settings.variable(name) !== undefined);
  if (given.length === 0 || settings.variable("OTEL_SDK_DISABLED")?.toLowerCase() === "true") {
    return false;
  }
  const exporter = settings.variable(EXPORTER) ?? "otlp";
  if (exporter === "none") {
    return false;
  }
  if (exporter !== "otlp") {
    settings.refuse(EXPORTER, `${EXPORTER} must be otlp, or none for no traces; unset it to use otlp`);
  }
  for (const name of given) {
    if (!/^https?:\/\/./.test(settings.variable(name) ?? "") || !URL.canParse(settings.variable(name) ?? "")) {
      settings.refuse(name, `${name} must be a URL such as http://localhost:4318; unset it to send no traces`);
    }
  }
  for (const name of ["OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"]) {
    if ((settings.variable(name) ?? PROTOCOL) !== PROTOCOL) {
      settings.refuse(name, `${name} must be ${PROTOCOL}, which collectors take on port 4318; unset it to use that`);
    }
  }
  return true;
}
