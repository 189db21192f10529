import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { UpdateProjectRequestSchema } from "#gen/streak/v1/admin_service_pb.ts";
import type { Call } from "#src/call/call.ts";
import type { Principal, PrincipalToken } from "#src/call/principal.ts";
import type { Project, ProjectChange } from "#src/domain/project.ts";
import { Projects } from "#src/service/projects/projects.ts";
import { updateProjectHandler } from "#src/service/projects/update-project.ts";
import type { ProjectStore } from "#src/store/projects.ts";

const PROJECT = { siteKey: "mine", allowedOrigins: [], widgets: [] } as unknown as Project;
const TOKEN: PrincipalToken = { id: "t", name: "CI", siteKey: "mine", scopes: ["everything"] };

/** Changes fields of the project, for a caller. Returns the code of the refusal, or `OK`. */
async function change(principal: Partial<Principal>, ...paths: string[]): Promise<string> {
  const store = { updateProject: async (_: string, fields: ProjectChange) => ({ ...PROJECT, ...fields }) };
  const handler = updateProjectHandler(new Projects(store as unknown as ProjectStore));
  const project = { siteKey: "mine", name: "New", rateLimit: { requestsPerSecond: 1000 } };
  const request = create(UpdateProjectRequestSchema, { project, updateMask: { paths } });
  const call = { principal: { origin: undefined, address: undefined, ...principal } } as Call;
  return handler(request, call).then(
    () => "OK",
    ({ code, message }) => `${code}: ${message}`,
  );
}

test("a project's token must not raise its own rate limit, whatever its scopes", async () => {
  expect(await change({ kind: "token", token: TOKEN }, "name", "rate_limit")).toBe(
    'FORBIDDEN: The token "CI" is for the project "mine". Its rateLimit may be changed only with a token for all projects.',
  );
  expect(await change({ kind: "token", token: TOKEN }, "name")).toBe("OK");
});

test("root and tokens for all projects may", async () => {
  expect(await change({ kind: "root" }, "rate_limit")).toBe("OK");
  expect(await change({ kind: "token", token: { ...TOKEN, siteKey: undefined } }, "rate_limit")).toBe("OK");
});
