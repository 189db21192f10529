import type { State } from "@streakd/web";
import { useEffect, useRef, useState } from "react";
import { adoptStyles } from "../../../../../widget/src/element/sheets.ts";
import { THEMES } from "../../../../../widget/src/element/themes.ts";
import { createView, type View } from "../../../../../widget/src/element/view.ts";
import { wordsOf } from "../../../../../widget/src/element/words.ts";
import { readPosition, readTheme } from "../themes.ts";

/** How the widget is shown to a visitor. */
export interface RealWidgetProps {
  readonly state: State;
  /** A language of the widget, such as `de`. */
  readonly language: string;
  /** What the visitor's system asks for. */
  readonly scheme: "light" | "dark";
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  /** How long it is until today ends, in milliseconds. */
  readonly left: number;
  /** How often a reached milestone was celebrated. Each time that the number rises, it is celebrated. */
  readonly celebrations: number;
}

/**
 * The widget itself, by the code of `<streak-widget>`, with a state that it is given instead of one that it reads. So it calls
 * nothing and records nothing.
 */
export function RealWidget({ state, language, scheme, isOpen, onToggle, left, celebrations }: RealWidgetProps) {
  const host = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<View>();

  useEffect(() => {
    if (host.current !== null) {
      const shadow = host.current.shadowRoot ?? host.current.attachShadow({ mode: "open" });
      const created = createView();
      shadow.replaceChildren(created.root);
      adoptStyles(shadow, "");
      setView(created);
    }
  }, []);

  useEffect(() => {
    if (view === undefined) {
      return;
    }
    const { name, look } = readTheme(state.settings.theme.name);
    view.toggle.onclick = onToggle;
    view.show(state, {
      words: wordsOf(language, state.streak.unit),
      colours: THEMES[name] as string,
      look: look || scheme,
      corner: readPosition(state.settings.position),
      isOpen,
    });
    view.tick(left);
  }, [view, state, language, scheme, isOpen, onToggle, left]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: it is celebrated when it is asked for, not when texts change.
  useEffect(() => {
    if (celebrations > 0) {
      view?.celebrate(state.milestones.findLast(({ achieved }) => achieved)?.msg ?? "");
    }
  }, [celebrations]);

  return <div ref={host} />;
}
