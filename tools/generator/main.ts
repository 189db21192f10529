import { runNodeJs } from "@bufbuild/protoplugin";
import { plugin } from "./plugin.ts";

// buf runs this file: the request comes on stdin, the generated files leave on stdout.
runNodeJs(plugin);
