import cluster from "node:cluster";
import { type App, startApp } from "./app.ts";
import type { Config } from "./config/config.ts";
import { describeFirstStart } from "./first-start-text.ts";
import { preparePath } from "./http/listener/listen.ts";
import { openLog } from "./observe/open-log.ts";
import { answerMetricsRequests } from "./observe/worker-metrics.ts";
import { VERSION } from "./version.ts";
import { runWorkers, signalWorkers, tellServing } from "./workers.ts";

/** A second signal within this many milliseconds is the first one again: a terminal and npm each pass on one Ctrl-C. */
const SAME_SIGNAL_MS = 1000;

/** How long the process may go on after all is stopped, in milliseconds. */
const LAST_MS = 500;

/**
 * Serves as these settings say until a signal ends it, with the log on stdout: in this process, or in as many workers as
 * are asked for. Resolves when it serves.
 *
 * @throws StartError when it can't start
 */
export async function runServer(config: Config): Promise<void> {
  const { log, output } = openLog(config.logLevel);
  if (cluster.isPrimary) {
    log.info({ version: VERSION, node: process.version, settings: config.shown }, "starting");
    for (const warning of config.warnings) {
      log.warn(warning);
    }
  }
  if (config.workers > 1 && cluster.isPrimary) {
    if (config.unixSocket !== undefined) {
      await preparePath(config.unixSocket);
    }
    answerMetricsRequests();
    runWorkers(config.workers, log);
    if (config.tls !== undefined) {
      // They read their certificate again.
      process.on("SIGHUP", () => signalWorkers("SIGHUP"));
    }
    return;
  }
  const app = await startApp(config, Date.now, log, () => output.dropped);
  let stoppingSince: number | undefined;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (stoppingSince !== undefined) {
        if (performance.now() - stoppingSince > SAME_SIGNAL_MS) {
          process.exit(1);
        }
        return;
      }
      stoppingSince = performance.now();
      log.info({ signal }, "shutting down; a second signal ends it at once");
      stop(app, signal).then(
        () => {
          log.info("stopped");
          // A worker lives as long as the first process may still ask it something.
          cluster.worker?.disconnect();
          // Something that nobody needs now, such as a retry of OpenTelemetry's, may keep the process alive.
          setTimeout(() => process.exit(), LAST_MS).unref();
        },
        (error) => {
          log.fatal(error, "shutdown failed");
          process.exitCode = 1;
        },
      );
    });
  }

  output.write(describeFirstStart(app, process.stdout.isTTY));
  const store = config.mongodbUri === undefined ? { dataDir: config.dataDir } : { store: "MongoDB" };
  log.info({ version: VERSION, url: app.url, port: app.port, ...store }, "listening");
  tellServing();
}

/** Only SIGTERM drains. SIGINT (Ctrl-C) comes from a terminal, where no load balancer must be told. */
async function stop(app: App, signal: NodeJS.Signals): Promise<void> {
  if (signal === "SIGTERM") {
    await app.drain();
  }
  await app.close();
}
