import { expect } from "vitest";

/** Sends a visit of the demo project today. */
export function sendVisit(url: string, userHash: string): Promise<Response> {
  return fetch(`${url}/v1/e`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ siteKey: "proj_demo", userHash, event: "visit" }),
  });
}

/** Records a visit of the demo project today, and expects it to be accepted. */
export async function record(url: string, userHash: string): Promise<void> {
  expect((await sendVisit(url, userHash)).status).toBe(202);
}
