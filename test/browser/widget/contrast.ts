type Rgb = readonly [number, number, number];

/** Reads a computed colour: `rgb(…)`, or `color(srgb …)` where it was mixed. Channels are from 0 to 1. */
export function parseColour(text: string): Rgb {
  const [r = 0, g = 0, b = 0] = text.match(/[\d.]+(e-?\d+)?/g)?.map(Number) ?? [];
  return text.startsWith("rgb") ? [r / 255, g / 255, b / 255] : [r, g, b];
}

/** The contrast of two colours as WCAG 2 defines it: from 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [dark = 0, bright = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (bright + 0.05) / (dark + 0.05);
}

function luminance(colour: Rgb): number {
  const [r = 0, g = 0, b = 0] = colour.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
