import { describe, expect, onTestFinished, test, vi } from "vitest";
import { contracts } from "#gen/contracts.ts";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import {
  type AuditTrail,
  auditedHandlers,
  type Change,
  ChangedInPart,
  ChangedMeanwhile,
  isAudited,
  requireAudited,
} from "#src/call/audit.ts";
import type { Call } from "#src/call/call.ts";
import type { Method } from "#src/call/method.ts";
import { requireReachChecked } from "#src/call/reach.ts";
import { Deadline } from "#src/deadline.ts";
import { StreakdError } from "#src/errors.ts";
import { createMethods, type MethodParts } from "#src/methods.ts";

const AUDIT = { project: undefined, resource: "projects/p", before: undefined, after: {} };

/** Calls an audited handler, and returns how it ended and what was done, in order. */
async function calling(
  change: Partial<Change<object>>,
  trail: Partial<AuditTrail> = {},
  timeoutMs = 1000,
  signal?: AbortSignal,
) {
  const done: string[] = [];
  const note =
    <T>(name: string, result: T) =>
    async () => {
      done.push(name);
      return result;
    };
  const { deleteProject } = auditedHandlers(
    AdminService,
    { deleteProject: async () => ({ audit: AUDIT, make: note("change", {}), ...change }) },
    {
      begin: note("begin", "id"),
      confirm: () => void done.push("confirm"),
      takeBack: note("take back", undefined),
      ...trail,
    },
  );
  const call = { deadline: new Deadline(timeoutMs, "OVERLOADED"), signal } as Call;
  const ended = await deleteProject({} as never, call).then(
    () => "ok",
    (error: StreakdError) => error.code ?? error.message,
  );
  return [...done, ended];
}

describe("a change", () => {
  test("is written down before it is made, and confirmed after it", async () => {
    expect(await calling({})).toEqual(["begin", "change", "confirm", "ok"]);
  });

  test("that can't be written down is not made", async () => {
    const begin = () => Promise.reject(new StreakdError("OVERLOADED", "away"));
    expect(await calling({}, { begin })).toEqual(["OVERLOADED"]);
  });

  test("that is refused is taken back", async () => {
    const make = () => Promise.reject(new StreakdError("NOT_FOUND", "none"));
    expect(await calling({ make })).toEqual(["begin", "take back", "NOT_FOUND"]);
  });

  test.each([new StreakdError("OVERLOADED", "away"), new Error("a defect")])(
    "that fails with %s may have been made, so its entry stays",
    async (error) => {
      const make = () => Promise.reject(error);
      expect((await calling({ make })).slice(0, -1)).toEqual(["begin"]);
    },
  );

  test("that is refused in its middle has an entry, and the caller is answered the refusal", async () => {
    const make = () => Promise.reject(new ChangedInPart(new StreakdError("ALREADY_EXISTS", "taken")));
    expect(await calling({ make })).toEqual(["begin", "ALREADY_EXISTS"]);
  });

  test("that somebody else came before is taken back, and its handler is asked again", async () => {
    const left = [new ChangedMeanwhile(), new ChangedMeanwhile()];
    const make = async () => {
      const error = left.pop();
      if (error !== undefined) {
        throw error;
      }
      return {};
    };
    const attempt = ["begin", "take back"];
    expect(await calling({ make })).toEqual([...attempt, ...attempt, "begin", "confirm", "ok"]);
  });

  test("that others always come before ends with the deadline", async () => {
    let now = performance.now();
    vi.spyOn(performance, "now").mockImplementation(() => now);
    const make = () => {
      now += 400;
      return Promise.reject(new ChangedMeanwhile());
    };
    const attempt = ["begin", "take back"];
    expect(await calling({ make }, {}, 1000)).toEqual([...attempt, ...attempt, ...attempt, "OVERLOADED"]);
  });

  test("that others always come before is tried again after a pause", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    onTestFinished(() => void vi.restoreAllMocks());
    const make = () => Promise.reject(new ChangedMeanwhile());
    const done = await calling({ make }, {}, 250);
    expect(done.filter((each) => each === "begin").length).toBeLessThan(40);
  });

  test("that others always come before ends when nobody waits for the answer any more", async () => {
    const make = () => Promise.reject(new ChangedMeanwhile());
    const attempt = ["begin", "take back"];
    const signal = AbortSignal.abort();
    const done = await calling({ make }, {}, 1000, signal);
    expect(done.slice(0, -1)).toEqual([...attempt, ...attempt]);
  });

  test("that changes nothing is not written down", async () => {
    expect(await calling({ audit: undefined })).toEqual(["change", "ok"]);
  });

  test("is not begun when nobody waits for it any more", async () => {
    expect(await calling({}, {}, -1)).toEqual(["OVERLOADED"]);
  });
});

const methods = createMethods({ stores: {}, clock: Date.now, signingIn: {} } as MethodParts);

test("a method with a scope is audited unless it has no side effects, and no other method is", () => {
  const audited = contracts.filter(isAudited).map(({ method }) => method.name);
  expect(audited).toEqual(expect.arrayContaining(["AliasUser", "CreateProject", "UpdateProject", "DeleteProject"]));
  for (const name of ["RecordEvent", "GetState", "GetProject", "ListProjects", "ListAuditEntries"]) {
    expect(audited).not.toContain(name);
  }
});

test("methods of which one changes something and does not say what can't be served", () => {
  const forgetful = methods.map((method): Method => {
    return method.contract.method === AdminService.method.updateProject
      ? { ...method, handle: async () => ({}) }
      : method;
  });

  expect(requireAudited(methods)).toEqual(methods);
  expect(() => requireAudited(forgetful)).toThrow(/AdminService\.UpdateProject changes something/);
});

test("methods of which one must find its project by itself and checks nothing can't be served", () => {
  const forgetful = methods.map((method): Method => {
    return method.contract.method === AdminService.method.rotateToken
      ? { ...method, handle: async () => ({}) }
      : method;
  });

  expect(requireReachChecked(methods)).toEqual(methods);
  expect(() => requireReachChecked(forgetful)).toThrow(/AdminService\.RotateToken has by_handler/);
});
