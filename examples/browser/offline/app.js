import { createClient, getVisitorId } from "http://localhost:8080/sdk.js";

// The service worker opens the page without a network. The SDK's queue keeps the events.
navigator.serviceWorker.register("service-worker.js").catch((error) => {
  console.warn("This page won't open without a network:", error);
});

const client = createClient({ baseUrl: "http://localhost:8080" });
const who = { projectId: "proj_demo", event: "visit", userHash: getVisitorId() };
const tell = (id, text) => {
  document.getElementById(id).textContent = text;
};

/** Where the page keeps what it has shown; undefined where the browser refuses that. */
const storage = (() => {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
})();

/** Says why a call has failed. */
const tellError = ({ code, message }) => tell("news", code === "NETWORK" ? "You are offline." : message);

/** Shows the streak. */
async function show() {
  try {
    const { streak } = await client.getState(who);
    tell("streak", `Day ${streak.current} of your streak`);
    storage?.setItem("streak", `Day ${streak.current} of your streak`);
  } catch (error) {
    tellError(error);
  }
}

document.getElementById("done").addEventListener("click", async () => {
  try {
    const { queued } = await client.recordEvent(who);
    tell("news", queued ? "Kept on this device, until you are online." : "Saved.");
    if (!queued) {
      await show();
    }
  } catch (error) {
    tellError(error);
  }
});

addEventListener("online", async () => {
  tell("news", "You are online again.");
  await client.flush();
  await show();
});

// Until streakd answers, and without a network, it is what the page has shown last.
tell("streak", storage?.getItem("streak") ?? "No streak yet");
show();
