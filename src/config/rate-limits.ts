import { MAX_RATE, type RateLimit } from "../domain/rate-limit.ts";
import { isProxyEntry } from "../http/trusted-proxies.ts";
import type { SettingsReader } from "./settings-reader.ts";

/** How fast calls may come, and which proxies tell the addresses of clients. */
export interface RateLimitConfig {
  /** The limit of each project that has none of its own; undefined means none, as in the next two. */
  readonly perProject: RateLimit | undefined;
  /** The limit of each address. */
  readonly perAddress: RateLimit | undefined;
  /** The limit of each caller of the methods that need a scope. */
  readonly admin: RateLimit | undefined;
  /** The proxies whose `X-Forwarded-For` is believed, as `createProxyTrust` takes them; undefined means none. */
  readonly trustedProxies: readonly string[] | undefined;
}

/** Reads how fast calls may come. */
export function readRateLimits(settings: SettingsReader): RateLimitConfig {
  return {
    perProject: readRate(settings, "RATE_LIMIT"),
    perAddress: readRate(settings, "RATE_LIMIT_PER_ADDRESS"),
    admin: readRate(settings, "RATE_LIMIT_ADMIN"),
    trustedProxies: readTrustedProxies(settings),
  };
}

/** `50`, or `50:100` with a burst of 100. */
function readRate(settings: SettingsReader, name: string): RateLimit | undefined {
  const given = settings.text(name);
  if (given === undefined) {
    return undefined;
  }
  const [, rate, burst = rate] = /^(\d{1,7})(?::(\d{1,7}))?$/.exec(given) ?? [];
  const limit = { requestsPerSecond: Number(rate), burst: Number(burst) };
  if (!Object.values(limit).every((one) => one >= 1 && one <= MAX_RATE)) {
    settings.refuse(
      name,
      `${name} must be requests a second, such as 50, or with a burst such as 50:100, each from 1 to ${MAX_RATE}, not "${given}"; unset it for no limit`,
    );
  }
  return limit;
}

function readTrustedProxies(settings: SettingsReader): readonly string[] | undefined {
  const entries = settings
    .text("TRUSTED_PROXIES")
    ?.split(",")
    .map((entry) => entry.trim().toLowerCase());
  for (const entry of entries ?? []) {
    if (!isProxyEntry(entry)) {
      settings.refuse(
        "TRUSTED_PROXIES",
        `TRUSTED_PROXIES must be addresses, networks or the word unix, with commas, like 10.0.0.0/8,192.0.2.7,fd00::/8,unix; "${entry}" is none of these`,
      );
    }
  }
  return entries;
}
