import { create } from "@bufbuild/protobuf";
import { ProjectSchema, StreakMode } from "#gen/streak/v1/project_pb.ts";
import { adoptPending, keepAdminToken, makeAdminToken } from "./admin-token-file.ts";
import { hashAdminToken } from "./call/authenticator.ts";
import { readProject } from "./service/projects/project-message.ts";
import type { Stores } from "./store/stores.ts";

/** The `siteKey` of the project that a first start makes, so that the first curl has something to call. */
const DEMO_SITE_KEY = "proj_demo";

/** The settings in the store that say what was made. */
const ADMIN_TOKEN_HASH = "admin_token_sha256";
const DEMO_PROJECT = "demo_project";

/** What this start has made, to be told to the operator. */
export interface FirstStart {
  /** The `siteKey` of the demo project, when this start has made it. */
  readonly siteKey?: string;
  /** The admin token, when this start has made it, or one that was killed then. The store has only its hash. */
  readonly adminToken?: string;
  /** The file that keeps the made token. */
  readonly adminTokenFile?: string;
}

/** The ports that a first start needs. */
type FirstStartStores = Pick<Stores, "projects" | "settings">;

/**
 * Makes what an empty installation lacks: the demo project, and an admin token unless the operator has set one. When
 * several instances start at once, each thing is made once. What an admin has deleted is not made again.
 *
 * @param dataDir where a made token is kept in a file
 * @param setToken the admin token that the operator has set
 * @returns what was made, and the hash of the admin token in force
 */
export async function makeFirstThings(
  stores: FirstStartStores,
  dataDir: string,
  setToken: string | undefined,
): Promise<FirstStart & { readonly adminTokenHash: string }> {
  const siteKey = await makeDemoProject(stores);
  const token =
    setToken === undefined ? await makeToken(stores, dataDir) : { adminTokenHash: hashAdminToken(setToken) };
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

async function makeToken(
  { settings }: FirstStartStores,
  dataDir: string,
): Promise<Omit<FirstStart, "siteKey"> & { readonly adminTokenHash: string }> {
  const known = await settings.readSetting(ADMIN_TOKEN_HASH);
  if (known !== undefined) {
    const adopted = await adoptPending(dataDir, (token) => hashAdminToken(token) === known);
    return {
      adminTokenHash: known,
      ...(adopted !== undefined && { adminToken: adopted.token, adminTokenFile: adopted.path }),
    };
  }
  const adminToken = makeAdminToken();
  const made = hashAdminToken(adminToken);
  let adminTokenHash = made;
  const adminTokenFile = await keepAdminToken(dataDir, adminToken, async () => {
    await settings.claimSetting(ADMIN_TOKEN_HASH, made);
    // Reads the hash in force, and does not go by what the claim returned: a claim may be done though its answer was
    // lost.
    adminTokenHash = (await settings.readSetting(ADMIN_TOKEN_HASH)) ?? made;
    return adminTokenHash === made;
  });
  return adminTokenFile === undefined ? { adminTokenHash } : { adminTokenHash, adminToken, adminTokenFile };
}

/**
 * Makes a new admin token, which takes the place of the old one. Instances that run learn of it when they start again.
 *
 * @param dataDir where the token is kept in a file
 * @throws StartError when the file can't be written
 */
export async function resetAdminToken(
  { settings }: Pick<Stores, "settings">,
  dataDir: string,
): Promise<{ readonly adminToken: string; readonly adminTokenFile: string }> {
  const adminToken = makeAdminToken();
  const adminTokenFile = await keepAdminToken(dataDir, adminToken, async () => {
    await settings.replaceSetting(ADMIN_TOKEN_HASH, hashAdminToken(adminToken));
    return true;
  });
  return { adminToken, adminTokenFile: adminTokenFile as string };
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
    // Only a plan keeps the time.
    0,
  );
}
