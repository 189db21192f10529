import { create, type DescMessage, type MessageInitShape, type MessageShape } from "@bufbuild/protobuf";
import { expect, onTestFinished } from "vitest";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { LedgerService } from "#gen/streak/v1/ledger_service_pb.ts";
import { createPipeline, type RunCall } from "#src/call/pipeline.ts";
import type { Principal, PrincipalToken } from "#src/call/principal.ts";
import { StreakdError } from "#src/errors.ts";
import { createMethods, type MethodParts } from "#src/methods.ts";
import { AuditLog } from "#src/service/audit/audit-log.ts";
import { Refusals } from "#src/service/audit/refusals.ts";
import { Projects } from "#src/service/projects/projects.ts";
import { Tokens } from "#src/service/tokens/tokens.ts";
import { openSqliteStores } from "#src/store/sqlite/open.ts";
import type { Stores } from "#src/store/stores.ts";
import { incomingOf } from "../../call/support.ts";
import { NOW } from "../../store/conformance/fixture.ts";
import { newFolder } from "../../support/folder.ts";
import { createKeptLog, type KeptLog, silentLog } from "../../support/log.ts";

/** The methods that the tests call. */
const METHODS = { ...AdminService.method, ...LedgerService.method };
type Methods = typeof METHODS;

/** The methods over an embedded store, called by whom a test says. */
export interface OpenAudit {
  readonly stores: Stores;
  readonly audit: AuditLog;
  readonly refusals: Refusals;
  readonly log: KeptLog;
  /** Epoch milliseconds; read anew each time. */
  now: number;
  /** Calls a method as somebody; an error is one that finding out who calls ends with. */
  call<Name extends keyof Methods>(
    principal: Principal | StreakdError,
    name: Name,
    request: MessageInitShape<Methods[Name]["input"]>,
  ): Promise<MessageShape<Methods[Name]["output"]>>;
}

export const ROOT: Principal = { kind: "root", origin: undefined, address: "192.0.2.1" };

/** Returns who holds a token; for all projects unless it says which. */
export function holder(token: Partial<PrincipalToken>, address = "192.0.2.2"): Principal {
  const whole = { id: "tok_1", name: "CI", project: undefined, scopes: ["everything"], ...token };
  return { kind: "token", origin: undefined, address, token: whole };
}

/** Returns who holds a token for a project, as the project is now. */
export async function holderFor(
  { stores }: OpenAudit,
  siteKey: string,
  token: Partial<PrincipalToken> = {},
): Promise<Principal> {
  const id = (await stores.projects.readProject(siteKey))?.id ?? "";
  return holder({ ...token, project: { id, siteKey } });
}

/** Opens the methods; the store is closed when the test ends. */
export async function openAudit(wrap: (stores: Stores) => Stores = (stores) => stores): Promise<OpenAudit> {
  const opened = await openSqliteStores(await newFolder(), silentLog);
  onTestFinished(() => opened.close());
  const stores = wrap(opened);
  const time = { now: NOW };
  const log = createKeptLog();
  const audit = new AuditLog(stores.audit, () => time.now, log);
  const refusals = new Refusals(audit, log);
  onTestFinished(() => refusals.close());
  const tokens = new Tokens(
    stores.tokens,
    () => time.now,
    (error) => expect.unreachable(`${error}`),
  );
  onTestFinished(() => tokens.close());
  let caller: Principal | StreakdError = ROOT;
  const run: RunCall = createPipeline(
    () => (caller instanceof StreakdError ? Promise.reject(caller) : Promise.resolve(caller)),
    { ended: (call) => refusals.count(call) },
  );
  // What only other methods need is left out.
  const methods = createMethods({
    ...{ stores, projects: new Projects(stores.projects, false), tokens, audit },
    clock: () => time.now,
    signingIn: {},
  } as MethodParts);
  return {
    ...{ stores, audit, refusals, log },
    get now() {
      return time.now;
    },
    set now(now) {
      time.now = now;
    },
    async call(principal, name, request) {
      const found = methods.find(({ contract }) => contract.method === METHODS[name]);
      caller = principal;
      const message = create(METHODS[name].input as DescMessage, request as MessageInitShape<DescMessage>);
      return (await run(found as NonNullable<typeof found>, incomingOf(), () => message)) as never;
    },
  };
}
