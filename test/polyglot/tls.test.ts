import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { credentials, loadPackageDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { opensslTool, useCertificates } from "../support/certificates.ts";
import { type Server, startServer } from "../support/server.ts";
import { cache, findTool, PREPARATION_MS, prepareClients, requireTool, root, type Tool } from "../support/tools.ts";

const run = promisify(execFile);

const certificates = useCertificates();
const curl = findTool(["curl", "--version"], "curl is missing: install it to try REST over TLS");
const go = findTool(["go", "version"], "Go is missing: install Go 1.26 or later to try grpcurl over TLS");
const python = findTool(["python3", "--version"], "Python is missing: install it to try its gRPC client over TLS");

const EVENT = { siteKey: "proj_demo", userHash: "u", event: "visit" };
const SERVICE = "streak.v1.StreakService";

/** A server whose clients need no certificate, and one whose clients do. */
let server: Server;
let mutual: Server;

beforeAll(async () => {
  if (!opensslTool.present) {
    return;
  }
  const { server: pair, ca } = certificates.made;
  const env = { TLS_CERT_FILE: pair.certFile, TLS_KEY_FILE: pair.keyFile };
  [server, mutual] = await Promise.all([
    startServer({ env }),
    startServer({ env: { ...env, TLS_CLIENT_CA_FILE: ca.certFile } }),
  ]);
});
afterAll(() => Promise.all([server, mutual].map((one) => one?.stop())));

/** The servers, with what a client is given to be served by them. */
const servers: [string, () => Server, boolean][] = [
  ["without client certificates", () => server, false],
  ["with client certificates", () => mutual, true],
];

function target({ port }: Server): string {
  return `localhost:${port}`;
}

describe.each(servers)("curl, %s", (_, serverOf, isMutual) => {
  beforeEach((context) => requireTool(context, curl));

  async function ask(path: string, ...options: string[]): Promise<string> {
    const { server: pair, client } = certificates.made;
    const own = isMutual ? ["--cert", client.certFile, "--key", client.keyFile] : [];
    const trust = ["--silent", "--show-error", "--noproxy", "*", "--cacert", pair.certFile];
    const url = `https://${target(serverOf())}${path}`;
    const { stdout } = await run("curl", [...trust, ...own, ...options, "--write-out", " %{http_version}", url]);
    return stdout;
  }

  test.each([
    ["--http1.1", "1.1"],
    ["--http2", "2"],
  ])("%s records an event by REST, reads it, and calls by Connect", async (option, version) => {
    const json = ["--header", "Content-Type: application/json", "--data"];
    expect(await ask("/v1/e", option, ...json, JSON.stringify(EVENT))).toBe(`{"ok":true} ${version}`);
    expect(await ask(`/v1/state?${new URLSearchParams(EVENT)}`, option)).toContain('"current":1');
    expect(await ask(`/${SERVICE}/GetState`, option, ...json, JSON.stringify(EVENT))).toContain('"current":1');
  });
});

test("curl without a client certificate is not served where one is needed", async (context) => {
  requireTool(context, curl);
  const { server: pair } = certificates.made;
  const url = `https://${target(mutual)}/readyz`;
  await expect(run("curl", ["--silent", "--noproxy", "*", "--cacert", pair.certFile, url])).rejects.toThrow();
});

describe.each(servers)("grpc-js, %s", (_, serverOf, isMutual) => {
  test("calls", async () => {
    const { server: pair, client: own } = certificates.made;
    const includeDirs = [join(root, "proto")];
    // biome-ignore lint/suspicious/noExplicitAny: what is loaded at run time has no types
    const loaded = loadPackageDefinition(loadSync("streak/v1/streak_service.proto", { includeDirs })) as any;
    const [key, chain] = isMutual ? [Buffer.from(own.key), Buffer.from(own.cert)] : [null, null];
    const client = new loaded.streak.v1.StreakService(
      target(serverOf()),
      credentials.createSsl(Buffer.from(pair.cert), key, chain),
      { "grpc.enable_http_proxy": 0 },
    );
    const answer = await new Promise((resolve, reject) =>
      client.recordEvent({ ...EVENT, userHash: "grpc-js" }, (error: unknown, response: unknown) =>
        error ? reject(error) : resolve(response),
      ),
    );
    expect(answer).toEqual({ ok: true });
    client.close();
  });
});

describe.each(servers)("grpcurl, %s", (_, serverOf, isMutual) => {
  let tool: Tool = go;
  beforeAll(async () => {
    tool = go.present ? await prepareClients("grpcurl") : go;
  }, PREPARATION_MS);
  beforeEach((context) => requireTool(context, tool));

  async function ask(...args: string[]): Promise<string> {
    const { server: pair, client } = certificates.made;
    const own = isMutual ? ["-cert", client.certFile, "-key", client.keyFile] : [];
    const { stdout } = await run(join(cache, "grpcurl/grpcurl"), ["-cacert", pair.certFile, ...own, ...args], {
      env: {},
    });
    return stdout;
  }

  test("lists the services, asks for the health, and records an event", async () => {
    const at = target(serverOf());
    expect(await ask(at, "list")).toContain(SERVICE);
    expect(JSON.parse(await ask(at, "grpc.health.v1.Health/Check"))).toEqual({ status: "SERVING" });
    const event = JSON.stringify({ ...EVENT, userHash: "grpcurl" });
    expect(JSON.parse(await ask("-d", event, at, `${SERVICE}/RecordEvent`))).toEqual({ ok: true });
  });
});

describe.each(servers)("grpcio, %s", (_, serverOf, isMutual) => {
  let tool: Tool = python;
  beforeAll(async () => {
    tool = python.present ? await prepareClients("python") : python;
  }, PREPARATION_MS);
  beforeEach((context) => requireTool(context, tool));

  test("calls", async () => {
    const script = `
import sys, grpc
from streak.v1 import streak_service_pb2 as messages, streak_service_pb2_grpc as services
target, ca, *own = sys.argv[1:]
read = lambda path: open(path, "rb").read()
key, chain = [read(path) for path in own] or (None, None)
with grpc.secure_channel(target, grpc.ssl_channel_credentials(read(ca), key, chain)) as channel:
    event = messages.RecordEventRequest(site_key="proj_demo", user_hash="grpcio", event="visit")
    print(services.StreakServiceStub(channel).RecordEvent(event, timeout=30).ok)
`;
    const { server: pair, client } = certificates.made;
    const own = isMutual ? [client.keyFile, client.certFile] : [];
    const env = { PYTHONPATH: join(cache, "python-stubs"), PYTHONDONTWRITEBYTECODE: "1" };
    const interpreter = join(cache, "python-packages/bin/python");
    const { stdout } = await run(interpreter, ["-c", script, target(serverOf()), pair.certFile, ...own], { env });
    expect(stdout.trim()).toBe("True");
  });
});
