import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Contender } from "../contenders.ts";
import { callGrpc, grpcRecord, grpcState } from "../load/grpc.ts";
import { ADMIN_TOKEN } from "../load/load.ts";
import { prepare, readState } from "../prepare.ts";
import type { Databases } from "./databases.ts";
import { type Program, startProgram } from "./program.ts";

/** What the bare servers answer: the bytes that streakd answers. */
export interface Answers {
  /** A state over REST. */
  readonly state: string;
  /** A state, and a recorded event, over gRPC: framed messages. */
  readonly grpcState: Buffer;
  readonly grpcRecord: Buffer;
}

/** What contenders are started with. */
export interface Surroundings {
  /** Needed by those that keep their data in MongoDB and Redis. */
  readonly databases: Databases | undefined;
  readonly answers: Answers;
  /** The folder for CPU profiles of streakd; none are made when not given. */
  readonly profiles: string | undefined;
}

/** Where a streakd under measurement serves. */
export const SERVE = { HOST: "127.0.0.1", PORT: "0", ADMIN_TOKEN };

/** Starts a streakd for a moment to see what it answers. */
export async function learnAnswers(): Promise<Answers> {
  await using folder = await temporaryFolder();
  await using server = await startProgram({ path: "src/main.ts", env: { ...SERVE, DATA_DIR: folder.path } });
  await prepare(server.url, "rest");
  return {
    state: await readState(server.url),
    grpcState: await callGrpc(server.url, grpcState()),
    grpcRecord: await callGrpc(server.url, grpcRecord("answers")),
  };
}

/** A contender's server with storage of its own, which goes with it, and in which the known users have done today. */
export async function startContender(contender: Contender, surroundings: Surroundings): Promise<Program> {
  const { program: path, protocol, storage, env, name } = contender;
  const { databases, answers, profiles } = surroundings;
  await using parts = new AsyncDisposableStack();
  const folder = parts.use(await temporaryFolder());
  const program = parts.use(
    await startProgram({
      path,
      env: {
        ...SERVE,
        STATE: protocol === "grpc" ? answers.grpcState.toString("base64") : answers.state,
        ...(storage === "mongo-redis" ? databases?.place() : { DATA_DIR: folder.path }),
        ...env,
      },
      profile:
        path === "src/main.ts" && profiles !== undefined ? { folder: profiles, name: `${name}.cpuprofile` } : undefined,
    }),
  );
  await prepare(program.url, protocol);
  const started = parts.move();
  return { ...program, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

/** A folder that is removed in the end. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "streakd-bench-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
