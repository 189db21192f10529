import { expect, test } from "vitest";
import { type Principal, reaches, requireReach } from "#src/call/principal.ts";

const caller = { origin: undefined, address: undefined };
const token = { id: "t1", name: "CI", scopes: ["project:manage"] };
const ofShop: Principal = { ...caller, kind: "token", token: { ...token, project: { id: "p1", siteKey: "shop" } } };
const ofAll: Principal = { ...caller, kind: "token", token: { ...token, project: undefined } };
const root: Principal = { ...caller, kind: "root" };
const anonymous: Principal = { ...caller, kind: "anonymous" };

test("a project's token reaches that project, and neither another nor what belongs to all", () => {
  const projects = [{ id: "p1" }, { id: "p2" }, undefined];
  expect(projects.map((project) => reaches(ofShop, project))).toEqual([true, false, false]);
  expect(projects.map((project) => reaches(ofAll, project))).toEqual([true, true, true]);
  expect(projects.map((project) => reaches(root, project))).toEqual([true, true, true]);
  expect(projects.map((project) => reaches(anonymous, project))).toEqual([false, false, false]);
});

test("a refusal tells a later project with the same siteKey from another project", () => {
  const refused = (id: string, siteKey: string) => () => requireReach(ofShop, { id, siteKey });
  expect(refused("p1", "shop")).not.toThrow();
  expect(refused("p2", "shop")).toThrow(
    'The token "CI" is for the project "shop". That project was deleted, and the one that has its siteKey now is another. Make a token for it.',
  );
  expect(refused("p3", "blog")).toThrow('The token "CI" is for the project "shop". It reaches no other project.');
});
