import { formatNumber } from "../../format.ts";

const RATE = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const SMALL_RATE = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });

/** The least rate that is told exactly. */
const LEAST_RATE = 0.01;

const THREE = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });

/** So many a second, such as `12.3/s`. */
export function formatRate(perSecond: number): string {
  if (perSecond > 0 && perSecond < LEAST_RATE) {
    return `<${LEAST_RATE}/s`;
  }
  return `${(perSecond < 1 ? SMALL_RATE : RATE).format(perSecond)}/s`;
}

/** A short time, such as `0.4 ms`, `12 ms` or `1.2 s`; a dash when it is not known. */
export function formatSeconds(seconds: number | undefined): string {
  if (seconds === undefined || Number.isNaN(seconds)) {
    return "–";
  }
  return seconds < 1 ? `${THREE.format(seconds * 1000)} ms` : `${THREE.format(seconds)} s`;
}

/** Bytes, such as `123 MB`; a dash when they are not known. */
export function formatBytes(bytes: number | undefined): string {
  if (bytes === undefined) {
    return "–";
  }
  const megabytes = bytes / 1e6;
  return megabytes < 1000 ? `${formatNumber(Math.round(megabytes))} MB` : `${THREE.format(megabytes / 1000)} GB`;
}

/** The units of long times, the largest first, in seconds. */
const UNITS = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
] as const;

/** How long something has lasted, such as `3 d 4 h`, in its two largest units. */
export function formatDuration(seconds: number): string {
  const first = UNITS.findIndex(([, length]) => seconds >= length);
  if (first === -1) {
    return "0 s";
  }
  let rest = Math.floor(seconds);
  const parts = UNITS.slice(first, first + 2).map(([unit, length]) => {
    const count = Math.floor(rest / length);
    rest -= count * length;
    return count === 0 ? "" : `${count} ${unit}`;
  });
  return parts.filter(Boolean).join(" ");
}
