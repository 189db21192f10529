import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { SETTINGS } from "#src/config/settings.ts";
import openapi from "../../gen/openapi.json" with { type: "json" };
import manifest from "../../package.json" with { type: "json" };
import { newFolder } from "../support/folder.ts";
import { root } from "../support/tools.ts";
import { failureOf, PREPARATION_MS, requireDeployTools, run, tools } from "./support.ts";

const CHART = "deploy/helm/streakd";
const EXAMPLES = "deploy/helm/examples";
const helm = join(tools, "helm/helm");
const kubeconform = join(tools, "kubeconform/kubeconform");

beforeEach((context) => requireDeployTools(context, "helm", "kubeconform"), PREPARATION_MS);

/** What the chart makes of these values, each `name=value`. */
async function rendered(...values: string[]): Promise<string> {
  const { stdout } = await run(helm, ["template", "streakd", CHART, ...values.flatMap((value) => ["--set", value])]);
  return stdout;
}

/** Returns what Kubernetes, in each version whose schemas are there, would find wrong; empty when nothing is. */
async function problemsOf(manifests: string): Promise<string> {
  const file = join(await newFolder(), "manifests.yaml");
  await writeFile(file, manifests);
  const schemas = join(tools, "kubernetes-schemas");
  const location = `${schemas}/{{ .NormalizedKubernetesVersion }}/{{ .ResourceKind }}{{ .KindSuffix }}.json`;
  const versions = await readdir(schemas);
  expect(versions.length).toBeGreaterThan(1);
  let problems = "";
  for (const version of versions) {
    // The Prometheus operator's kind is none of Kubernetes.
    const args = [
      "-strict",
      "-kubernetes-version",
      version.slice(1),
      "-schema-location",
      location,
      "-skip",
      "ServiceMonitor",
    ];
    problems += await failureOf(kubeconform, [...args, file]);
  }
  return problems;
}

const examples = await readdir(join(root, EXAMPLES));

test.each(["values.yaml", ...examples])("with %s the chart passes helm lint and Kubernetes' schemas", async (name) => {
  const file = name === "values.yaml" ? join(CHART, name) : join(EXAMPLES, name);
  await run(helm, ["lint", "--strict", CHART, "--values", file]);
  const { stdout } = await run(helm, ["template", "streakd", CHART, "--values", file]);
  expect(await problemsOf(stdout)).toBe("");
});

test("kubeconform refuses what Kubernetes does not know", async () => {
  const service = "apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {portz: []}\n";
  expect(await problemsOf(service)).toContain("additional properties 'portz' not allowed");
});

test("the chart is of the version of streakd, and its examples show all of its kinds", async () => {
  expect(await readFile(join(root, CHART, "Chart.yaml"), "utf8")).toContain(`appVersion: ${manifest.version}\n`);
  const all = await Promise.all(
    examples.map((name) => run(helm, ["template", "x", CHART, "--values", join(EXAMPLES, name)])),
  );
  const kinds = all.flatMap(({ stdout }) => [...stdout.matchAll(/^kind: (\w+)$/gm)].map(([, kind]) => kind));
  const templates = (await readdir(join(root, CHART, "templates"))).filter((name) => name.endsWith(".yaml"));
  expect(new Set(kinds).size).toBe(templates.length);
});

test.each([
  ["two pods with the embedded store", ["replicas=2"], "/replicas"],
  ["MongoDB with the embedded store", ["mongodb.uri=mongodb://m/s"], "/mongodb/uri"],
  ["no MongoDB with the store mongodb", ["store=mongodb"], "/mongodb"],
  [
    "backups with the store mongodb",
    ["store=mongodb", "mongodb.uri=mongodb://m/s", "backups.enabled=true"],
    "/backups",
  ],
  ["an unknown store", ["store=postgres"], "/store"],
  ["no pods", ["replicas=0"], "/replicas"],
  ["a misspelt value", ["replica=1"], "replica"],
  ["a misspelt value within another", ["persistence.sise=1Gi"], "sise"],
  ["a size that is none", ["persistence.size=big"], "/persistence/size"],
  ["a volume that many pods share", ["persistence.accessModes={ReadWriteMany}"], "/persistence/accessModes"],
  ["a setting that the chart sets", ["settings.PORT=1"], "PORT"],
  ["a misspelt setting", ["settings.LOG_LVL=warn"], "LOG_LVL"],
  ["a short token", ["adminToken.value=short"], "/adminToken/value"],
  ["a token and a Secret", ["adminToken.value=0123456789abcdefgh", "adminToken.existingSecret=s"], "/adminToken/value"],
  ["a network policy for nobody", ["networkPolicy.enabled=true"], "/networkPolicy/from"],
  ["a public /metrics", ["ingress.paths={/metrics}"], "/ingress/paths"],
  ["a budget that forbids to drain a node", ["podDisruptionBudget.maxUnavailable=0"], "/podDisruptionBudget"],
  ["a digest that is none", ["image.digest=latest"], "/image/digest"],
])("%s is refused", async (_, values, where) => {
  const failure = await failureOf(helm, ["template", "x", CHART, ...values.flatMap((value) => ["--set", value])]);
  expect(failure).toContain("values don't meet the specifications of the schema");
  expect(failure).toContain(where);
});

describe("what the chart makes", () => {
  test.each([
    [5000, 10_000, 30],
    [15_000, 10_500, 41],
    [0, 0, 15],
  ])("waits for a drain of %i ms, a grace of %i ms, and a commit: %i s", async (drain, grace, seconds) => {
    const made = await rendered(`shutdown.drainMs=${drain}`, `shutdown.graceMs=${grace}`);
    expect(made).toContain(`terminationGracePeriodSeconds: ${seconds}\n`);
    expect(made).toContain(`name: SHUTDOWN_DRAIN_MS\n              value: "${drain}"`);
    expect(made).toContain(`name: SHUTDOWN_GRACE_MS\n              value: "${grace}"`);
  });

  test("gives settings as streakd reads them, also those that YAML reads as booleans and numbers", async () => {
    const made = await rendered("settings.REFLECTION=false", "settings.MAX_QUEUED_EVENTS=20000000");
    expect(made).toContain('name: REFLECTION\n              value: "off"');
    expect(made).toContain('name: MAX_QUEUED_EVENTS\n              value: "20000000"');
  });

  test("gives numbers of a file of values as they are written, also those that are not whole", async () => {
    const file = join(await newFolder(), "values.yaml");
    await writeFile(file, "settings: {LOG_REQUESTS: 0.01, MAX_QUEUED_EVENTS: 20000000, WORKERS: 1}\n");
    const { stdout } = await run(helm, ["template", "streakd", CHART, "--values", file]);
    expect(stdout).toContain('name: LOG_REQUESTS\n              value: "0.01"');
    expect(stdout).toContain('name: MAX_QUEUED_EVENTS\n              value: "20000000"');
    expect(stdout).toContain('name: WORKERS\n              value: "1"');
  });

  test("keeps secrets out of the pod, and takes them from a Secret of the operator's", async () => {
    const uri = "mongodb://user:pass@m/s";
    const own = await rendered("store=mongodb", `mongodb.uri=${uri}`);
    const [secret = ""] = own.split("\n---\n").filter((part) => /^kind: Secret$/m.test(part));
    expect(secret).toContain(`mongodb-uri: ${Buffer.from(uri).toString("base64")}`);
    expect(secret).toMatch(/admin-token: \S{40,}/);
    expect(own).not.toContain("pass@");
    const theirs = await rendered("store=mongodb", "mongodb.existingSecret=theirs", "adminToken.existingSecret=theirs");
    expect(theirs).not.toContain("kind: Secret");
    expect(theirs.match(/name: theirs$/gm)).toHaveLength(2);
  });

  test("runs without privileges on a root file system that can't be written", async () => {
    const made = await rendered();
    for (const line of [
      "runAsNonRoot: true",
      "readOnlyRootFilesystem: true",
      "allowPrivilegeEscalation: false",
      "drop: [ALL]",
      "type: RuntimeDefault",
      "automountServiceAccountToken: false",
    ]) {
      expect(made).toContain(line);
    }
    const dockerfile = await readFile(join(root, "Dockerfile"), "utf8");
    const [, user, group] = /^USER (\d+):(\d+)$/m.exec(dockerfile) ?? [];
    expect(made).toContain(`runAsUser: ${user}\n        runAsGroup: ${group}\n        fsGroup: ${group}\n`);
  });

  test("lets clients reach every route and every file for browsers through the Ingress, and nothing else", async () => {
    const made = await rendered("ingress.enabled=true");
    const prefixes = [...made.matchAll(/- path: (\S+)$/gm)].map(([, path = ""]) => path);
    const isReached = (path: string) => prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
    const routes = Object.keys(openapi.paths);
    expect(routes.length).toBeGreaterThan(3);
    const files = [
      "/widget.js",
      "/sdk.js",
      "/assets/manifest.json",
      "/docs",
      "/dashboard/",
      "/streak.v1.SessionService/GetSession",
    ];
    expect([...routes, ...files].filter((path) => !isReached(path))).toEqual([]);
    expect(["/metrics", "/healthz", "/readyz"].filter(isReached)).toEqual([]);
  });

  test("has a budget only where there is a pod to spare", async () => {
    expect(await rendered()).not.toContain("kind: PodDisruptionBudget");
    const many = await rendered("store=mongodb", "mongodb.existingSecret=m", "replicas=2");
    expect(many).toContain("kind: PodDisruptionBudget");
  });
});

test("the chart takes every setting of streakd but those that it sets itself, or that could not work in it", async () => {
  const schema = JSON.parse(await readFile(join(root, CHART, "values.schema.json"), "utf8"));
  const template = await readFile(join(root, CHART, "templates/_pod.tpl"), "utf8");
  const ownNames = [...template.matchAll(/name"?:? "?([A-Z][A-Z_]+)\b/g)].map(([, name = ""]) => name);
  // The Service needs the first, the volume the second; the kubelet's probes have no certificate to present.
  const impossible = ["HOST", "DATA_DIR", "TLS_CLIENT_CA_FILE"];
  const expected = Object.keys(SETTINGS).filter((name) => ![...ownNames, ...impossible].includes(name));
  expect(schema.properties.settings.propertyNames.enum.toSorted()).toEqual(expected.toSorted());
});
