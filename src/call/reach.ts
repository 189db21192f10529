import type { Method } from "./method.ts";

/** The handlers that find the project themselves, and check that the caller reaches it. */
const checking = new WeakSet<object>();

/** Returns the same handler, which makers of handlers say this of: it checks that the caller reaches the project. */
export function checkingReach<Handler extends object>(handler: Handler): Handler {
  checking.add(handler);
  return handler;
}

/** Whether {@link checkingReach} has returned this handler. */
export function isCheckingReach(handler: object): boolean {
  return checking.has(handler);
}

/**
 * Returns the same methods. Where no field of the request names the project, the pipeline can't compare it.
 *
 * @throws an error that names a method with the access `by_handler` whose handler checks nothing
 */
export function requireReachChecked(methods: readonly Method[]): readonly Method[] {
  for (const { contract, handle } of methods) {
    if (typeof contract.access !== "string" && contract.access.byHandler && !isCheckingReach(handle)) {
      const { parent, name } = contract.method;
      throw new Error(`${parent.typeName}.${name} has by_handler, so its handler must come from checkingReach`);
    }
  }
  return methods;
}
