import { SETTINGS } from "./settings.ts";
import type { SettingsReader } from "./settings-reader.ts";

/** A setting in force. */
export interface EffectiveSetting {
  readonly name: string;
  /** The value, without what is secret in it; undefined when it is unset. */
  readonly value: string | undefined;
  /** Where it comes from; see {@link SettingsReader.origin}. */
  readonly from: string;
}

/** What stands for what is secret. */
const HIDDEN = "***";

/** Returns all settings in force, fit to be shown: without tokens and passwords. */
export function effectiveSettings(settings: SettingsReader): EffectiveSetting[] {
  return Object.entries(SETTINGS).map(([name, setting]) => {
    const value = settings.text(name);
    const secret = setting.kind === "text" ? setting.secret : undefined;
    return { name, value: value && secret ? mask(value, secret) : value, from: settings.origin(name) };
  });
}

/** The same by name, without those that are unset. */
export function shownSettings(settings: SettingsReader): Record<string, string> {
  return Object.fromEntries(
    effectiveSettings(settings).flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
  );
}

function mask(value: string, secret: "all" | "passwords"): string {
  return secret === "all"
    ? HIDDEN
    : value
        .split(/,(?=rediss?:)/)
        .map(maskUrl)
        .join(",");
}

/** Hides the password of a URL, up to the last `@`, and options that hold secrets; all of what is no URL. */
function maskUrl(url: string): string {
  if (!url.includes("://")) {
    return HIDDEN;
  }
  return url
    .replace(/(:\/\/[^:@/?]*):.*@/, `$1:${HIDDEN}@`)
    .replace(/([?&](?:[^=&]*password|authmechanismproperties|[^=&]*token|[^=&]*secret)=)[^&]*/gi, `$1${HIDDEN}`);
}
