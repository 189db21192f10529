"use client";

import type { State } from "@streakd/web";
import { type CSSProperties, useEffect, useLayoutEffect, useRef } from "react";
import { loadWidget } from "./load-widget.ts";

/** What `<StreakWidget>` takes. What is not given comes from the project's settings. */
export interface StreakWidgetProps {
  /** Where streakd is, such as `https://streaks.example.com`. The component loads `/widget.js` from there. */
  readonly baseUrl: string;
  readonly projectId: string;
  /** What the user does, as the project's widget names it; `visit` when not given. */
  readonly event?: string | undefined;
  /** The user. This browser's visitor when not given. */
  readonly userHash?: string | undefined;
  /** A user token, for a project that has signed users. */
  readonly userToken?: string | undefined;
  /** The user's IANA time zone; the browser's own when not given. */
  readonly tz?: string | undefined;
  /** The name of a theme, such as `beige`; with ` dark` or ` light` behind it to force that look. */
  readonly theme?: string | undefined;
  /** Where it is: `inline`, which is where the component stands, when not given; `settings` is as the project says. */
  readonly position?: "inline" | "bottom-right" | "bottom-left" | "top-right" | "top-left" | "settings" | undefined;
  /** Whether it is expanded until the reader chooses. */
  readonly open?: boolean | undefined;
  /** The language of its texts, such as `de`. */
  readonly lang?: string | undefined;
  /** The nonce of the page's Content Security Policy. */
  readonly cspNonce?: string | undefined;
  readonly className?: string | undefined;
  readonly style?: CSSProperties | undefined;
  /** Called with the first state, each time that the component is placed or names another streak. */
  readonly onReady?: ((detail: { readonly state: State }) => void) | undefined;
  /** Called when the state has changed. */
  readonly onChange?: ((detail: { readonly state: State; readonly previous: State }) => void) | undefined;
  /** Called when a milestone is reached. */
  readonly onMilestone?: ((detail: { readonly milestone: Milestone; readonly state: State }) => void) | undefined;
}

type Milestone = State["milestones"][number];

/** React 18 warns of layout effects while a server renders. */
const useCommitEffect = typeof document === "undefined" ? useEffect : useLayoutEffect;

/** Shows a user's streak with `<streak-widget>`, which it loads once a page. A server renders the empty element. */
export function StreakWidget(props: StreakWidgetProps) {
  const { baseUrl, cspNonce, lang } = props;
  const element = useRef<HTMLElement>(null);
  const latest = useRef(props);

  useEffect(() => {
    latest.current = props;
  });
  // React 18 has no events for custom elements. An element whose streak the page knows is ready before effects run.
  useCommitEffect(() => {
    const listening = new AbortController();
    const listen = (name: string, handle: (detail: never) => void) =>
      element.current?.addEventListener(name, (event) => handle((event as CustomEvent<never>).detail), listening);
    listen("streak:ready", (detail) => latest.current.onReady?.(detail));
    listen("streak:change", (detail) => latest.current.onChange?.(detail));
    listen("streak:milestone", (detail) => latest.current.onMilestone?.(detail));
    return () => listening.abort();
  }, []);
  // React 19 would leave `lang="undefined"` when the language goes.
  useEffect(() => {
    if (lang === undefined) {
      element.current?.removeAttribute("lang");
    }
  }, [lang]);
  useEffect(() => loadWidget(baseUrl, cspNonce), [baseUrl, cspNonce]);

  return (
    <streak-widget
      ref={element}
      base={baseUrl}
      project={props.projectId}
      event={props.event}
      user={props.userHash}
      token={props.userToken}
      tz={props.tz}
      theme={props.theme}
      position={props.position}
      lang={lang}
      open={props.open ? "" : undefined}
      csp-nonce={cspNonce}
      class={props.className}
      style={props.style}
    />
  );
}
