import type { CSSProperties } from "react";
import { THEMES } from "../../../../widget/src/element/themes.ts";

/** The names of the widget's themes, the default first. */
export const THEME_NAMES = Object.keys(THEMES);

/** The looks that a theme can force on all visitors, with the words of the form. */
export const LOOKS = [
  { value: "", label: "As the visitor’s system has it" },
  { value: "light", label: "Always light" },
  { value: "dark", label: "Always dark" },
] as const;

/** A look that a theme forces; empty when each visitor's system decides. */
export type Look = (typeof LOOKS)[number]["value"];

/** Where a widget can be on a page, with the words of the form. */
export const POSITIONS = [
  { value: "bottom-right", label: "At the bottom right of the window" },
  { value: "bottom-left", label: "At the bottom left of the window" },
  { value: "top-right", label: "At the top right of the window" },
  { value: "top-left", label: "At the top left of the window" },
  { value: "inline", label: "In the page, after everything else" },
] as const;

/** Returns the name and the look of a theme as the widget reads it: `ocean dark` is the dark look of `ocean`. */
export function readTheme(theme: string): { readonly name: string; readonly look: Look; readonly isKnown: boolean } {
  const [name = "", look = ""] = theme.split(" ");
  return {
    name: Object.hasOwn(THEMES, name) ? name : (THEME_NAMES[0] as string),
    look: LOOKS.find(({ value }) => value === look)?.value ?? "",
    isKnown: Object.hasOwn(THEMES, name),
  };
}

/** Returns a theme as the widget reads it. */
export function writeTheme(name: string, look: Look): string {
  return look === "" ? name : `${name} ${look}`;
}

/** Returns a position as the widget reads it: one that does not exist counts as the first. */
export function readPosition(position: string): (typeof POSITIONS)[number]["value"] {
  return (POSITIONS.find(({ value }) => value === position) ?? POSITIONS[0]).value;
}

/** The custom properties that hold a theme's colours, for the `style` of an element. */
export function colorsOf(theme: string): CSSProperties {
  const declarations = (THEMES[readTheme(theme).name] as string).split(";");
  return Object.fromEntries(declarations.map((declaration) => declaration.split(":")));
}
