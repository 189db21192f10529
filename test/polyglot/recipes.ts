import { join } from "node:path";
import { FIND_CHROMIUM } from "../support/chromium.ts";
import { findTool, root, type Tool } from "../support/tools.ts";

/** A program in `examples/clients`, which `docs/clients.md` shows. */
export interface Recipe {
  readonly folder: string;
  /** What it takes to build and to run it. */
  readonly needs: string;
  /** A command that succeeds only where that is there. */
  readonly probe: string;
  /** The program, started in the folder where it was built. */
  readonly command: readonly [string, ...string[]];
  /**
   * What it needs beside that and can't be had from the registries that CI reaches. Such a recipe is run only on a
   * machine that has what it needs; elsewhere the closing lines of the tests name it.
   */
  readonly elsewhere?: string;
  /** Whether the program makes no admin call, as it is for browsers. */
  readonly withoutAdmin?: boolean;
}

const JAVA = { needs: "Java and Maven", probe: "javac -version && mvn -version" };

/** The recipe for each language, by its name in the docs. */
export const RECIPES: Readonly<Record<string, Recipe>> = {
  Go: {
    folder: "go",
    needs: "Go",
    // Unlike `go version`, this fails too where Go is older than go.mod asks for and can't get a newer one.
    probe: "go -C examples/clients/go list -m",
    command: ["./client"],
  },
  Python: {
    folder: "python",
    needs: "Python 3.10",
    probe: "python3 -c 'import sys, venv, ensurepip; assert sys.version_info >= (3, 10)'",
    command: ["env", "PYTHONPATH=stubs", "venv/bin/python", "client.py"],
  },
  "Python with Connect": {
    folder: "python-connect",
    needs: "Python 3.11",
    probe: "python3 -c 'import sys, venv, ensurepip; assert sys.version_info >= (3, 11)'",
    command: ["venv/bin/python", "client.py"],
  },
  Java: { ...JAVA, folder: "java", command: ["java", "-cp", "target/classes:target/dependency/*", "Client"] },
  Kotlin: { ...JAVA, folder: "kotlin", command: ["java", "-cp", "target/classes:target/dependency/*", "ClientKt"] },
  Rust: { folder: "rust", needs: "Rust", probe: "cargo --version", command: ["./streaks"] },
  "C#": {
    folder: "csharp",
    needs: ".NET",
    probe: "dotnet --version",
    command: ["dotnet", "out/streaks.dll"],
    elsewhere: "packages of NuGet",
  },
  Ruby: {
    folder: "ruby",
    needs: "Ruby with gRPC and its tools",
    probe: "ruby -e 'require \"grpc\"' && grpc_tools_ruby_protoc --version",
    command: ["ruby", "client.rb"],
  },
  PHP: {
    folder: "php",
    needs: "PHP with curl and protobuf, and protoc",
    probe: "protoc --version && php -r 'curl_init(); require \"Google/Protobuf/Internal/Message.php\";'",
    command: ["php", "client.php"],
  },
  Swift: {
    folder: "swift",
    needs: "Swift",
    // Connect-Swift is for Apple's systems.
    probe: "swift --version && xcrun --version",
    command: [".build/debug/client"],
    elsewhere: "macOS",
  },
  Dart: {
    folder: "dart",
    needs: "Dart and protoc",
    probe: "dart --version && protoc --version",
    command: ["dart", "run", "bin/client.dart"],
    elsewhere: "packages of pub.dev",
  },
  "C++": {
    folder: "cpp",
    needs: "CMake, a C++ compiler, and gRPC for C++",
    probe: "c++ --version && cmake --version && pkg-config grpc++ && command -v protoc && command -v grpc_cpp_plugin",
    command: ["build/client"],
  },
  "TypeScript on Node": {
    folder: "typescript",
    needs: "npm",
    probe: "npm --version",
    command: [process.execPath, "node.ts"],
  },
  "TypeScript in a browser": {
    folder: "typescript",
    needs: "npm and Chromium",
    probe: `npm --version && { ${FIND_CHROMIUM}; }`,
    command: [process.execPath, join(root, "test/polyglot/open-page.ts")],
    withoutAdmin: true,
  },
};

/** Whether this machine has what a recipe needs. */
export function toolOf({ needs, probe }: Recipe): Tool {
  const missing = `docs/clients.md needs ${needs}: install it, or run scripts/polyglot-clients.sh tools`;
  return findTool(["sh", "-c", probe], missing);
}

/** Whether a recipe can't be run on this machine, and CI could not install what it needs. */
export function isElsewhere(recipe: Recipe): boolean {
  return recipe.elsewhere !== undefined && !toolOf(recipe).present;
}
