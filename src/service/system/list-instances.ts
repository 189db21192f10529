import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  DedupeCacheKind,
  type Instance,
  InstanceSchema,
  StoreKind,
  type SystemService,
} from "#gen/streak/v1/system_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import type { InstanceReport } from "../../store/instances.ts";
import type { Instances } from "./instances.ts";

const STORES = { sqlite: StoreKind.SQLITE, mongodb: StoreKind.MONGODB } as const;
const DEDUPE_CACHES = { "in-process": DedupeCacheKind.IN_PROCESS, redis: DedupeCacheKind.REDIS } as const;

/** Creates the handler that lists the running instances. */
export function listInstancesHandler(instances: Instances): Handler<typeof SystemService.method.listInstances> {
  return async () => ({ instances: (await instances.list()).map(toMessage) });
}

function toMessage({ store, dedupeCache, startTime, reportTime, ...texts }: InstanceReport): Instance {
  return create(InstanceSchema, {
    ...texts,
    store: STORES[store],
    dedupeCache: DEDUPE_CACHES[dedupeCache],
    startTime: timestampFromMs(startTime),
    reportTime: timestampFromMs(reportTime),
  });
}
