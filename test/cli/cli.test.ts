import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { newFolder } from "../support/folder.ts";
import { root } from "../support/tools.ts";

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ENTRY = join(root, "bin/streakd.cjs");

/** Runs `streakd` to its end in a folder, with no more of an environment than is given. */
async function streakd(args: readonly string[], env: Record<string, string> = {}, cwd?: string): Promise<Ended> {
  const options = { cwd: cwd ?? (await newFolder()), env: { PATH: process.env.PATH, ...env }, timeout: 25_000 };
  return new Promise((resolve) => {
    execFile(process.execPath, ["--", ENTRY, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}

test("--version prints the version, and --help the commands and every setting, without starting anything", async () => {
  expect(await streakd(["--version"])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: "" });
  const { code, stdout, stderr } = await streakd(["--help"]);
  expect([code, stderr]).toEqual([0, ""]);
  for (const word of ["serve", "migrate", "token", "health", "--port <number>", "--http2-max-pings", "--env-file"]) {
    expect(stdout).toContain(word);
  }
});

test("options of Node that stand before the command hold for the server", async () => {
  const show = "data:text/javascript,console.log(process.execArgv[0],process.argv.length)";
  const options = ["--max-old-space-size=160", `--import=${show}`];
  const { stdout } = await promisify(execFile)(process.execPath, [...options, ENTRY, "--version"]);
  // First of the command, and then of the server, which it starts.
  expect(stdout).toBe(`${"--max-old-space-size=160 3\n".repeat(2)}${manifest.version}\n`);
});

test.each([
  [["migrat"], "unknown command 'migrat'\n(Did you mean migrate?)"],
  [["frobnicate"], "unknown command 'frobnicate'"],
  [["--prot", "80"], "unknown option '--prot'\n(Did you mean --port?)"],
  [["migrate", "--data-dri", "x"], "unknown option '--data-dri'\n(Did you mean --data-dir?)"],
  [["token", "now"], "too many arguments for 'token'"],
  [["--port"], "option '--port <number>' argument missing"],
])("%j is refused with the nearest right one", async (args, problem) => {
  expect(await streakd(args)).toEqual({ code: 1, stdout: "", stderr: expect.stringContaining(problem) });
});

test("a flag wins over the environment, the environment over .env, and .env over the default", async () => {
  const folder = await newFolder();
  await writeFile(join(folder, ".env"), 'PORT=1001\nLOG_LEVEL="warn" # quiet\nWORKERS=2\nMAX_HEADERS=50\n');
  const env = { PORT: "1002", LOG_LEVEL: "", WORKERS: "3" };
  const { code, stdout } = await streakd(
    ["--print-config", "--workers", "4", "--mongodb-uri=mongodb://h"],
    env,
    folder,
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(/^PORT=1002 +# environment$/m);
  expect(stdout).toMatch(/^LOG_LEVEL=warn +# \.env$/m);
  expect(stdout).toMatch(/^WORKERS=4 +# --workers$/m);
  expect(stdout).toMatch(/^MAX_HEADERS=50 +# \.env$/m);
  expect(stdout).toMatch(/^HOST=0\.0\.0\.0 +# default$/m);
  expect(stdout).toMatch(/^# TLS_CERT_FILE is unset$/m);
});

test.each(["PORT: 9000", "LOG_LEVEL", "some words"])(
  "a line of .env that sets nothing is refused: %s",
  async (line) => {
    const folder = await newFolder();
    await writeFile(
      join(folder, ".env"),
      `# a comment = with a sign\n\nPORT=1001\nexport HOST="127.0.0.1"\nX='a\nb'\n${line}\n`,
    );
    const { code, stderr } = await streakd(["--print-config"], {}, folder);
    expect(code).toBe(1);
    expect(stderr).toContain(
      `.env: the line ${JSON.stringify(line)} sets nothing. Write it as NAME=value, or remove it.`,
    );
  },
);

test("--env-file names another file, which must be there", async () => {
  const folder = await newFolder();
  await writeFile(join(folder, ".env"), "PORT=1001\n");
  await writeFile(join(folder, "production"), "LOG_LEVEL=warn\n");
  const { stdout } = await streakd(["--print-config", "--env-file", "production"], {}, folder);
  expect(stdout).toMatch(/^LOG_LEVEL=warn +# production$/m);
  expect(stdout).toMatch(/^PORT=8080 +# default$/m);
  const missing = await streakd(["--env-file=nowhere"], {}, folder);
  expect(missing).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`${join(folder, "nowhere")} is not there.`),
  });
  const unreadable = await streakd(["--env-file=."], {}, folder);
  expect(unreadable).toMatchObject({ code: 1, stderr: expect.stringContaining("is a folder. Name a file") });
});

test("--print-config shows the default that is in force over TLS", async () => {
  const tls = { TLS_CERT_FILE: "cert.pem", TLS_KEY_FILE: "key.pem" };
  expect((await streakd(["--print-config"])).stdout).toMatch(/^MAX_CONNECTIONS=20000 +# default$/m);
  expect((await streakd(["--print-config"], tls)).stdout).toMatch(/^MAX_CONNECTIONS=6000 +# default$/m);
  const given = await streakd(["--print-config", "--max-connections=9"], tls);
  expect(given.stdout).toMatch(/^MAX_CONNECTIONS=9 +# --max-connections$/m);
});

test("--print-config hides the token and the passwords of URLs", async () => {
  const env = {
    ADMIN_TOKEN: "Zq8vN2xYw4Lr7Tp1",
    MONGODB_URI: "mongodb://ann:hunter2%40@h1,h2/streakd?tls=true&tlsCertificateKeyFilePassword=hunter3",
    REDIS_URL: "redis://:hunter4@r1:6379,rediss://ann:hunter5@r2:6379",
  };
  const { stdout } = await streakd(["--print-config"], env);
  expect(stdout).toMatch(/^ADMIN_TOKEN=\*\*\* /m);
  expect(stdout).toContain("MONGODB_URI=mongodb://ann:***@h1,h2/streakd?tls=true&tlsCertificateKeyFilePassword=***");
  expect(stdout).toContain("REDIS_URL=redis://:***@r1:6379,rediss://ann:***@r2:6379");
  expect(stdout).not.toMatch(/hunter|Zq8v/);
});

test("--print-config hides all of a database's address that is no URL", async () => {
  const { stdout } = await streakd(["--print-config", "--redis-url", "u:s3cr3t@h:6379"]);
  expect(stdout).toMatch(/^REDIS_URL=\*{3} /m);
  expect(stdout).not.toContain("s3cr3t");
});

test("every setting that is wrong is named at once, with where it was set", async () => {
  const folder = await newFolder();
  await writeFile(join(folder, ".env"), "LOG_LEVEL=loud\nPROT=80\n");
  const { code, stderr } = await streakd(["--port", "http"], { WORKERS: "0", ADMIN_TOKN: "x" }, folder);
  expect(code).toBe(1);
  expect(stderr.trim().split("\n")).toEqual([
    "streakd can't start: ADMIN_TOKN is no setting. Did you mean ADMIN_TOKEN? Rename it, or unset it",
    ".env: PROT is no setting. Did you mean PORT? Rename it, or remove it",
    expect.stringMatching(/^--port: PORT must be a whole number from 0 to 65535, not "http"/),
    expect.stringMatching(/^\.env: LOG_LEVEL must be one of/),
    expect.stringMatching(/^WORKERS must be a whole number/),
  ]);
});

test("token makes an admin token offline, and another one that takes its place", async () => {
  const folder = await newFolder();
  const file = join(folder, "data", "admin-token");
  const first = await streakd(["token"], {}, folder);
  const made = await readFile(file, "utf8");
  const second = await streakd(["token"], {}, folder);
  expect(first).toEqual({
    code: 0,
    stdout: `The new admin token is in ${file}, which only you can read.\n`,
    stderr: "",
  });
  expect(second.code).toBe(0);
  expect(await readFile(file, "utf8")).not.toBe(made);
});

test("token is refused while ADMIN_TOKEN is set, since no other counts then", async () => {
  const { code, stderr } = await streakd(["token"], { ADMIN_TOKEN: "Zq8vN2xYw4Lr7Tp1" });
  expect([code, stderr]).toEqual([1, expect.stringContaining("ADMIN_TOKEN is set, and while it is, no other token")]);
});
