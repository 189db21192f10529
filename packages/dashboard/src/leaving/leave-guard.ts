import { useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { BASE } from "../routes.ts";

/** A way out of the page that waits for an answer. */
type Way = () => void;

/**
 * Asks before one leaves a page on which something has changed: by a link, by a menu, or by the browser's buttons. Signing
 * out does not ask. The browser asks by itself when the tab is closed or loaded again; those without the Navigation API ask
 * then alone.
 */
export function useLeaveGuard(isChanged: boolean) {
  const [, navigate] = useLocation();
  const [way, setWay] = useState<Way>();
  const isFree = useRef(false);

  useEffect(() => {
    isFree.current = false;
    if (!isChanged) {
      setWay(undefined);
      return;
    }
    const warn = (event: BeforeUnloadEvent) => isFree.current || event.preventDefault();
    const stop = (event: NavigateEvent) => {
      const { cancelable, canIntercept, navigationType, destination } = event;
      if (isFree.current || !cancelable || !canIntercept || navigationType === "reload" || event.hashChange) {
        return;
      }
      event.preventDefault();
      setWay(() => () => {
        const { pathname, search, hash } = new URL(destination.url);
        if (navigationType === "traverse") {
          void window.navigation.traverseTo(destination.key);
        } else if (pathname.startsWith(`${BASE}/`)) {
          navigate(pathname + search + hash);
        } else {
          location.assign(destination.url);
        }
      });
    };
    addEventListener("beforeunload", warn);
    window.navigation?.addEventListener("navigate", stop);
    return () => {
      removeEventListener("beforeunload", warn);
      window.navigation?.removeEventListener("navigate", stop);
    };
  }, [isChanged, navigate]);

  return {
    isAsking: way !== undefined,
    stay: () => setWay(undefined),
    leave() {
      isFree.current = true;
      setWay(undefined);
      way?.();
    },
    /** Leads to another page without asking. */
    pass(lead: Way) {
      isFree.current = true;
      lead();
    },
  };
}

/** What {@link useLeaveGuard} returns. */
export type LeaveGuard = ReturnType<typeof useLeaveGuard>;
