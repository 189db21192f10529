import { Code, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import { ServerReflection } from "#gen/grpc/reflection/v1/reflection_pb.ts";
import { Health, HealthCheckResponse_ServingStatus as Status } from "#gen/health/v1/health_pb.ts";
import { StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { Readiness } from "#src/rpc/health.ts";
import { createProbes, MAX_PROBE_MESSAGE_BYTES } from "#src/rpc/probes.ts";
import { startRpc } from "./support.ts";

async function serve({ maxStreamingCalls = 10, isReflectionOn = true } = {}) {
  const readiness = new Readiness();
  readiness.set(true);
  let refusals = 0;
  const onRefusal = () => {
    refusals += 1;
  };
  const probes = createProbes({ readiness, services: [StreakService], isReflectionOn });
  const { url } = await startRpc(probes, { maxStreamingCalls, onRefusal });
  const transport = createGrpcTransport({ baseUrl: url });
  return {
    url,
    health: createClient(Health, transport),
    reflection: createClient(ServerReflection, transport),
    refusals: () => refusals,
  };
}

/** Opens a stream of Watch, and resolves when the first status has come. */
async function watch(health: Awaited<ReturnType<typeof serve>>["health"]) {
  const leaving = new AbortController();
  const stream = health.watch({}, { signal: leaving.signal })[Symbol.asyncIterator]();
  const first = await stream.next();
  return { status: first.value?.status, leave: () => leaving.abort() };
}

test("more streams than there may be are refused, unary calls are not, and one that ends makes room", async () => {
  const { health, reflection, refusals } = await serve({ maxStreamingCalls: 2 });
  const [first, second] = [await watch(health), await watch(health)];

  await expect(watch(health)).rejects.toMatchObject({ code: Code.Unavailable });
  async function* question() {
    yield { messageRequest: { case: "listServices", value: "" } as const };
  }
  await expect(Array.fromAsync(reflection.serverReflectionInfo(question()))).rejects.toMatchObject({
    code: Code.Unavailable,
    rawMessage: expect.stringContaining("2 streams"),
  });
  expect(refusals()).toBe(2);
  expect((await health.check({})).status).toBe(Status.SERVING);

  first.leave();
  await expect.poll(() => watch(health).then(({ status }) => status, String)).toBe(Status.SERVING);
  second.leave();
});

test("a question that is longer than any name is refused", async () => {
  const { health, reflection } = await serve();
  const long = "x".repeat(MAX_PROBE_MESSAGE_BYTES);
  async function* question() {
    yield { messageRequest: { case: "fileContainingSymbol", value: long } as const };
  }

  await expect(health.check({ service: long })).rejects.toMatchObject({ code: Code.ResourceExhausted });
  await expect(Array.fromAsync(health.watch({ service: long }))).rejects.toMatchObject({
    code: Code.ResourceExhausted,
  });
  await expect(Array.fromAsync(reflection.serverReflectionInfo(question()))).rejects.toMatchObject({
    code: Code.ResourceExhausted,
  });
});

test("reflection can be switched off", async () => {
  const { health, reflection } = await serve({ isReflectionOn: false });
  async function* question() {
    yield { messageRequest: { case: "listServices", value: "" } as const };
  }

  await expect(Array.fromAsync(reflection.serverReflectionInfo(question()))).rejects.toMatchObject({
    code: Code.Unimplemented,
  });
  expect((await health.check({})).status).toBe(Status.SERVING);
});
