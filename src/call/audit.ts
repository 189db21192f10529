import { setTimeout as delay } from "node:timers/promises";
import type {
  DescMethod,
  DescMethodUnary,
  DescService,
  JsonObject,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { errorCatalogue } from "../error-catalogue.ts";
import { StreakdError } from "../errors.ts";
import type { Call } from "./call.ts";
import type { MethodContract } from "./contract.ts";
import type { Handler, Method } from "./method.ts";
import { checkingReach, isCheckingReach } from "./reach.ts";

/** What a handler is about to change. The handler has checked the request, and has changed nothing yet. */
export interface Change<Response> {
  /** What the audit log keeps of the change; undefined when there is nothing to change. */
  readonly audit: AuditedChange | undefined;
  /**
   * Makes the change. Rejects with a refusal, such as NOT_FOUND, only when nothing was changed; with
   * {@link ChangedMeanwhile} when the handler must be asked again; with {@link ChangedInPart} when a part was changed.
   */
  make(): Promise<Response>;
}

/**
 * Nothing was changed, because somebody else has changed the resource since the handler has read it. What the handler was
 * about to do, and what the audit log would have kept of it, is out of date.
 */
export class ChangedMeanwhile extends Error {
  override readonly name = "ChangedMeanwhile";
}

/**
 * A part of the change was made. The rest was refused, because of what somebody else did at the same time. The caller
 * gets the refusal. The entry of the audit log stays, and its outcome is unknown.
 */
export class ChangedInPart extends Error {
  override readonly name = "ChangedInPart";
  readonly refusal: StreakdError;

  constructor(refusal: StreakdError) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** What the audit log keeps of a change. It holds no secret: neither a token, nor a signing secret, nor a hash. */
export interface AuditedChange {
  /** The project that is changed; undefined when the change is not about one project. */
  readonly project: { readonly id: string; readonly siteKey: string } | undefined;
  /** What is changed, such as `projects/my_app`. */
  readonly resource: string;
  /**
   * The resource before the change; undefined when it is created. For an update, the log keeps the fields that differ.
   */
  readonly before: JsonObject | undefined;
  /** The resource after the change; undefined when it is deleted. */
  readonly after: JsonObject | undefined;
}

/**
 * The handler of a method that changes something for callers with a scope. It says what it will change, then does it.
 */
export type ChangeHandler<Desc extends DescMethod> =
  Desc extends DescMethodUnary<infer Input, infer Output>
    ? (request: MessageShape<Input>, call: Call) => Promise<Change<MessageInitShape<Output>>>
    : never;

/** The log that changes are written to. */
export interface AuditTrail {
  /** Writes the entry of a change before the change is made. After a rejection (OVERLOADED), don't make the change. */
  begin(method: DescMethod, change: AuditedChange, call: Call): Promise<string>;
  /** The change was made. The entry says so soon; when the store can't be reached, its outcome stays `unknown`. */
  confirm(id: string): void;
  /** The change was refused, and nothing was changed. Never rejects: the outcome may stay `unknown`. */
  takeBack(id: string): Promise<void>;
}

/** How many tries of a change come without a pause: each lost one writes an audit entry and removes it. */
const TRIES_AT_ONCE = 2;

/** The longest pause between two tries, in milliseconds. */
const MAX_PAUSE_MS = 20;

/** The handlers that {@link auditedHandlers} has made. */
const audited = new WeakSet<object>();

/**
 * Makes handlers of change handlers. The entry of a change is durable before the change is made: so no change is without
 * an entry, wherever the server is killed. Nobody waits until it is confirmed.
 */
export function auditedHandlers<Service extends DescService, Name extends keyof Service["method"]>(
  service: Service,
  changes: { readonly [Each in Name]: ChangeHandler<Service["method"][Each]> },
  trail: AuditTrail,
): { readonly [Each in Name]: Handler<Service["method"][Each]> } {
  const handlers = Object.entries(changes).map(([name, handle]) => [
    name,
    auditedHandler(service.method[name] as DescMethod, handle as AnyChangeHandler, trail),
  ]);
  return Object.fromEntries(handlers);
}

type AnyChangeHandler = (request: unknown, call: Call) => Promise<Change<unknown>>;

function auditedHandler(method: DescMethod, handle: AnyChangeHandler, trail: AuditTrail) {
  const attempt = async (request: unknown, call: Call): Promise<unknown> => {
    const { audit, make } = await handle(request, call);
    if (audit === undefined) {
      return await make();
    }
    call.deadline.check();
    const id = await trail.begin(method, audit, call);
    let response: unknown;
    try {
      response = await make();
    } catch (error) {
      if (error instanceof ChangedInPart) {
        throw error.refusal;
      }
      if (isRefusal(error) || error instanceof ChangedMeanwhile) {
        await trail.takeBack(id);
      }
      throw error;
    }
    trail.confirm(id);
    return response;
  };
  const handler = async (request: unknown, call: Call): Promise<unknown> => {
    // One of several changes at the same time always succeeds, so this ends. A call that loses again and again ends at
    // its deadline.
    for (let tries = 1; ; tries++) {
      try {
        return await attempt(request, call);
      } catch (error) {
        if (!(error instanceof ChangedMeanwhile)) {
          throw error;
        }
      }
      if (tries >= TRIES_AT_ONCE) {
        // Random, so that those who have lost together do not try again together.
        await delay(Math.random() * MAX_PAUSE_MS, undefined, { signal: call.signal });
      }
    }
  };
  audited.add(handler);
  return isCheckingReach(handle) ? checkingReach(handler) : handler;
}

/** Whether an error says that the request is wrong. After any other error the change may have been made. */
function isRefusal(error: unknown): boolean {
  return error instanceof StreakdError && errorCatalogue[error.code].http < 500;
}

/** Whether the calls of a method are audited: those of methods that need a scope and change something. */
export function isAudited({ access, method }: Pick<MethodContract, "access" | "method">): boolean {
  return typeof access !== "string" && method.idempotency !== MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS;
}

/**
 * Returns the same methods.
 *
 * @throws an error that names a method whose calls are audited, but whose handler is not from {@link auditedHandlers}
 */
export function requireAudited(methods: readonly Method[]): Method[] {
  for (const { contract, handle } of methods) {
    if (isAudited(contract) && !audited.has(handle)) {
      const { parent, name } = contract.method;
      throw new Error(`${parent.typeName}.${name} changes something, so its handler must come from auditedHandlers`);
    }
  }
  return [...methods];
}
