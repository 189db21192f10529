import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { precompress } from "../../tools/packages/precompress.mjs";

/**
 * Properties of the widget's own objects, which get shorter names. The widget uses none of a browser's properties with these
 * names, and none is in what streakd answers, or in what two copies of the script tell each other.
 */
const OWN = RegExp(
  `^(${[
    ...["base", "project", "user", "token", "root", "record", "report", "post", "answer", "flush", "failed"],
    ...["code", "url", "colours", "corner"],
    ...["readState", "readChanged", "refresh", "catchUp", "listeners", "subscribe", "tellPage"],
    ...["figure", "show", "tick", "keep", "start", "time", "number", "compact", "days", "today", "yesterday", "words"],
    ...[
      "restDay",
      "saved",
      "startAnew",
      "pausedUntil",
      "remaining",
      "longest",
      "share",
      "units",
      "thisPeriod",
      "label",
      "date",
      "dayName",
      "locale",
    ],
    ...["celebrate", "isOpen", "look", "wasSeen", "toggle", "retryAfter", "latest"],
  ].join("|")})$`,
);

/** The widget's own custom properties, which get shorter names as well. Those of pages begin with `--streak-`. */
const OWN_STYLES = [
  ...["accent", "surface", "text", "muted", "track", "flame", "foot", "shine", "edge"],
  ...["progress", "hot", "glow", "base"],
];

/**
 * A Vite plugin: shortens the names of `OWN_STYLES` where the element has them, in its styles and in its scripts. It also
 * removes the spaces after commas in the styles, which Vite leaves in values that hold `var()`.
 */
function shortenStyles() {
  const names = RegExp(`--(${OWN_STYLES.join("|")})\\b`, "g");
  return {
    name: "shorten-styles",
    enforce: "pre",
    transform(code, id) {
      if (id.includes("/element/")) {
        const short = code.replace(names, (_, name) => `--${(10 + OWN_STYLES.indexOf(name)).toString(36)}`);
        return id.includes(".css") ? short.replace(/,\s+/g, ",") : short;
      }
    },
  };
}

export default defineConfig({
  build: {
    target: "es2022",
    // The first browsers with light-dark(), which the styles need.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    lib: { entry: "src/script.ts", formats: ["iife"], name: "streakd", fileName: () => "widget.js" },
    // Constants are put in their places where that is shorter: those of other modules by the first, those of the same
    // module by the second.
    rolldownOptions: {
      // Smaller files take their time.
      checks: { bundlerTimings: false },
      optimization: { inlineConst: { mode: "smart" } },
      output: {
        topLevelVar: false,
        minify: { compress: true, mangle: true, codegen: true, mangleProps: { include: OWN } },
      },
    },
  },
  resolve: {
    alias: {
      // The sources, so that the widget holds of the SDK only what it uses.
      "@streakd/web": fileURLToPath(new URL("../web/src/index.ts", import.meta.url)),
      "./in-browser.ts": "data:text/javascript,export const IN_BROWSER = true;",
      "./can-abort.ts": "data:text/javascript,export const CAN_ABORT = false;",
    },
  },
  plugins: [shortenStyles(), precompress({ small: true })],
});
