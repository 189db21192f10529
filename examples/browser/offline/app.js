import { createClient, getVisitorId } from "http://localhost:8080/sdk.js";

// The service worker opens the page without a network. The SDK's queue keeps the events.
navigator.serviceWorker.register("service-worker.js");

const client = createClient({ baseUrl: "http://localhost:8080" });
const who = { projectId: "proj_demo", event: "visit", userHash: getVisitorId() };
const tell = (id, text) => {
  document.getElementById(id).textContent = text;
};

/** Shows the streak, or without a network the one that was shown last. */
async function show() {
  try {
    const { streak } = await client.getState(who);
    localStorage.setItem("streak", `Day ${streak.current} of your streak`);
  } catch {
    tell("news", "You are offline.");
  }
  tell("streak", localStorage.getItem("streak") ?? "No streak yet");
}

document.getElementById("done").addEventListener("click", async () => {
  const { queued } = await client.recordEvent(who);
  tell("news", queued ? "Kept on this device, until you are online." : "Saved.");
  if (!queued) {
    show();
  }
});

addEventListener("online", async () => {
  await client.flush();
  tell("news", "You are online again.");
  show();
});

show();
