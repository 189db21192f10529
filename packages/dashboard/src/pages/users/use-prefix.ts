import { useEffect, useRef, useState } from "react";
import { useSearchParams } from "wouter";
import { ListUsersRequestSchema } from "#gen/streak/v1/admin_service_pb.ts";
import { lengthOf, limitsOf } from "../../limits.ts";

/** How long one must pause in typing before the search begins, in milliseconds. */
const PAUSE_MS = 200;

const PARAMETER = "prefix";

/** The most characters of the beginning of a name. */
export const MAX_PREFIX_LENGTH = limitsOf(ListUsersRequestSchema, "prefix").maxLength;

/**
 * What is typed into the search, and what is searched for. The latter is in the address, so that one comes back to the
 * same list.
 */
export function usePrefix() {
  const [parameters, setParameters] = useSearchParams();
  const prefix = parameters.get(PARAMETER) ?? "";
  const [text, setText] = useState(prefix);
  const written = useRef(prefix);

  useEffect(() => {
    // The address has changed otherwise than by typing, such as by a link to this page.
    if (prefix !== written.current) {
      written.current = prefix;
      setText(prefix);
    }
  }, [prefix]);

  useEffect(() => {
    if (text === written.current || lengthOf(text) > MAX_PREFIX_LENGTH) {
      return;
    }
    const timer = setTimeout(() => {
      written.current = text;
      setParameters(text === "" ? {} : { [PARAMETER]: text }, { replace: true });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, setParameters]);

  return { text, setText, prefix };
}
