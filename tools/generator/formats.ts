/** What JSON Schema says about a string of a format; `pattern` matches the whole string. */
export interface StringFormat {
  readonly pattern?: string;
  readonly format?: string;
  readonly examples?: readonly string[];
}

/** The letters, digits and marks of a host's name in any script, or an IPv6 address. Code knows more exactly. */
const HOST = "(?:[^\\u0000-,/:-@\\[-\\^`{-\\u009f]+|\\[[0-9A-Fa-f:.]+\\])";

/**
 * The formats of `streak.options.v1.Format` by name. A pattern matches every string of its format, and some others that
 * only code can tell from them: which zones there are, say.
 */
export const FORMATS: Readonly<Record<string, StringFormat>> = {
  FORMAT_UNSPECIFIED: {},
  FORMAT_SITE_KEY: { pattern: "[A-Za-z0-9_-]+", examples: ["proj_demo"] },
  FORMAT_TIME_ZONE: {
    pattern: "[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*",
    examples: ["America/New_York", "Europe/Berlin", "UTC"],
  },
  FORMAT_ALLOWED_ORIGIN: {
    pattern: `[A-Za-z][A-Za-z0-9+.-]*://${HOST}(?::[1-9][0-9]{0,4})?|(?:\\*\\.)?${HOST}`,
    examples: ["https://app.example.com", "example.com", "*.example.com"],
  },
  FORMAT_PAGE_TOKEN: { pattern: "[A-Za-z0-9_-]+", examples: ["cHJval9kZW1v"] },
  FORMAT_DATE: { format: "date", examples: ["2024-01-08"] },
  FORMAT_DAY_START: { pattern: "0[0-5]:[0-5][0-9]|06:00", examples: ["04:00"] },
};
