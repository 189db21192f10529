import { randomBytes } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { ProjectSchema, StreakMode } from "#gen/streak/v1/project_pb.ts";
import { hashAdminToken } from "./call/authenticator.ts";
import { readProject } from "./service/projects/project-message.ts";
import type { Stores } from "./store/stores.ts";

/** The `siteKey` of the project that a first start makes, so that the first curl has something to call. */
const DEMO_SITE_KEY = "proj_demo";

/** The settings in the store that say what was made. */
const ADMIN_TOKEN_HASH = "admin_token_sha256";
const DEMO_PROJECT = "demo_project";

/** What this start has made. The operator must be told now: the token is not kept in a form that can be read. */
export interface FirstStart {
  /** The `siteKey` of the demo project, when this start has made it. */
  readonly siteKey?: string;
  /** The admin token, when this start has made it. Only its hash is stored. */
  readonly adminToken?: string;
}

/** The ports that a first start needs. */
type FirstStartStores = Pick<Stores, "projects" | "settings">;

/**
 * Makes what an empty installation lacks: the demo project, and an admin token unless the operator has set one. When
 * several instances start at once, each thing is made once. What an admin has deleted is not made again.
 *
 * @param setToken the admin token that the operator has set
 * @returns what was made, and the hash of the admin token in force
 */
export async function makeFirstThings(
  stores: FirstStartStores,
  setToken: string | undefined,
): Promise<FirstStart & { readonly adminTokenHash: string }> {
  const siteKey = await makeDemoProject(stores);
  const token = setToken === undefined ? await makeToken(stores) : { adminTokenHash: hashAdminToken(setToken) };
  return { ...(siteKey !== undefined && { siteKey }), ...token };
}

async function makeDemoProject({ projects, settings }: FirstStartStores): Promise<string | undefined> {
  if ((await settings.readSetting(DEMO_PROJECT)) !== undefined) {
    return undefined;
  }
  // The project before the setting: a start that is cut short in between finds the project there, and goes on.
  await projects.createProject(demoProject());
  return (await settings.claimSetting(DEMO_PROJECT, DEMO_SITE_KEY)) ? DEMO_SITE_KEY : undefined;
}

async function makeToken({ settings }: FirstStartStores): Promise<{ adminTokenHash: string; adminToken?: string }> {
  const adminToken = `adm_${randomBytes(24).toString("base64url")}`;
  const made = hashAdminToken(adminToken);
  await settings.claimSetting(ADMIN_TOKEN_HASH, made);
  // Reads the hash in force, and does not go by what the claim returned: a claim may be done though its answer was
  // lost.
  const adminTokenHash = (await settings.readSetting(ADMIN_TOKEN_HASH)) ?? made;
  return adminTokenHash === made ? { adminTokenHash, adminToken } : { adminTokenHash };
}

function demoProject() {
  const milestones = [
    { target: 3, msg: "3 days!" },
    { target: 7, msg: "1 week!" },
    { target: 30, msg: "1 month!" },
    { target: 100, msg: "100 days!" },
  ];
  return readProject(
    create(ProjectSchema, {
      siteKey: DEMO_SITE_KEY,
      name: "Demo",
      allowedOrigins: ["localhost", "127.0.0.1", "[::1]"],
      live: true,
      widgets: [
        { event: "visit", mode: StreakMode.CONTINUOUS, milestones },
        { event: "like", mode: StreakMode.CUMULATIVE, milestones },
      ],
    }),
  );
}
