import { useEffect, useRef, useState } from "react";
import { Button } from "../../components/Button.tsx";
import { ListEnd } from "../../components/ListEnd.tsx";
import { Notice } from "../../components/Notice.tsx";
import { problemOf } from "../../errors.ts";
import type { useUsers } from "./use-users.ts";

/** How far below the window the end of the list may be when the next page is asked for. */
const AHEAD = "400px";

/** The end of the list: asks for the next page when it comes into view, or when its button is pressed. */
export function ShowMore({ query }: { readonly query: ReturnType<typeof useUsers> }) {
  const { hasNextPage, isFetching, isFetchNextPageError, error, fetchNextPage } = query;
  const end = useRef<HTMLDivElement>(null);
  const isInView = useInView(end, hasNextPage);

  useEffect(() => {
    if (isInView && hasNextPage && !isFetching && !isFetchNextPageError) {
      void fetchNextPage();
    }
  }, [isInView, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage]);

  if (!hasNextPage) {
    return undefined;
  }
  return (
    <ListEnd ref={end}>
      {isFetchNextPageError && <Notice kind="bad">{problemOf(error).message}</Notice>}
      <Button isBusy={isFetching} onClick={() => fetchNextPage()}>
        {isFetchNextPageError ? "Try again" : "Show more"}
      </Button>
    </ListEnd>
  );
}

function useInView(element: React.RefObject<Element | null>, isThere: boolean): boolean {
  const [isInView, setInView] = useState(false);
  useEffect(() => {
    if (!isThere || element.current === null) {
      setInView(false);
      return;
    }
    const observer = new IntersectionObserver((entries) => setInView(entries.at(-1)?.isIntersecting ?? false), {
      rootMargin: AHEAD,
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element, isThere]);
  return isInView;
}
