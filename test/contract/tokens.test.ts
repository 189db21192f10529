import { describe } from "vitest";
import { openApp } from "../support/app.ts";
import { describeTokenLives } from "./token-lives.ts";

describe("tokens in the embedded store", () => describeTokenLives(openApp));
