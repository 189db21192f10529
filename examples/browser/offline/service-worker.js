// Keeps the page and its scripts. Calls of streakd's API pass by.

const FILES = ["./", "app.js", "http://localhost:8080/sdk.js"].map((path) => new URL(path, location).href);

addEventListener("install", (event) => {
  event.waitUntil(caches.open("offline").then((cache) => cache.addAll(FILES)));
});

addEventListener("fetch", (event) => {
  if (FILES.includes(event.request.url)) {
    event.respondWith(fromNetworkOrCache(event.request));
  }
});

/** Takes the newest file, and without a network the one that was kept. */
async function fromNetworkOrCache(request) {
  const cache = await caches.open("offline");
  try {
    const response = await fetch(request);
    if (response.ok) {
      await cache.put(request, response.clone());
    }
    return response;
  } catch {
    return cache.match(request);
  }
}
