import type { MessageInitShape } from "@bufbuild/protobuf";
import { createQueryOptions, useTransport } from "@connectrpc/connect-query";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { AmnestyService, type PreviewAmnestyRequestSchema } from "#gen/streak/v1/amnesty_service_pb.ts";
import { type Found, NOTHING_YET, withPage } from "./found.ts";

/** A preview without its place among the pages. */
export type Preview = Omit<MessageInitShape<typeof PreviewAmnestyRequestSchema>, "pageToken" | "$typeName">;

/** A preview that goes through the users of a project. */
export interface Looking {
  readonly found: Found;
  readonly isRunning: boolean;
  /** Why it could not go on; undefined when it could. */
  readonly error: unknown;
  readonly stop: () => void;
  /** Goes on where it was stopped, or where it could not go on. */
  readonly goOn: () => void;
}

/**
 * Goes through the users of a project, page by page, until it has looked at all or is stopped. It keeps no page: only
 * what `Found` has.
 *
 * @param preview the same one as long as the component lives
 */
export function useFound(preview: Preview): Looking {
  const client = useQueryClient();
  const transport = useTransport();
  const [found, setFound] = useState(NOTHING_YET);
  const [isStopped, setStopped] = useState(false);
  const [error, setError] = useState<unknown>();

  useEffect(() => {
    if (isStopped || found.isWhole) {
      return;
    }
    let isLeft = false;
    const request = { ...preview, pageToken: found.pageToken };
    const options = createQueryOptions(AmnestyService.method.previewAmnesty, request, { transport });
    client.fetchQuery({ ...options, staleTime: 0, gcTime: 0 }).then(
      (page) => isLeft || setFound(withPage(found, page)),
      (thrown) => {
        if (!isLeft) {
          setError(thrown);
          setStopped(true);
        }
      },
    );
    return () => {
      isLeft = true;
    };
  }, [client, transport, preview, found, isStopped]);

  return {
    found,
    isRunning: !isStopped && !found.isWhole,
    error,
    stop: () => setStopped(true),
    goOn: () => {
      setError(undefined);
      setStopped(false);
    },
  };
}
