/** What a snippet names. */
export interface Place {
  /** The server's address, such as `https://streaks.example.com`. */
  readonly server: string;
  readonly siteKey: string;
  readonly event: string;
  readonly user: string;
}

/** How to record an event in one language. */
export interface Snippet {
  readonly name: string;
  /** What to do first, such as installing a package. */
  readonly before?: string;
  readonly code: (place: Place) => string;
}

/** The body of the call, in JSON. */
function bodyOf({ siteKey, event, user }: Place): string {
  return JSON.stringify({ siteKey, userHash: user, event });
}

/** The body as a literal of languages whose strings are in double quotes. */
function quoted(place: Place): string {
  return JSON.stringify(bodyOf(place));
}

/** The text as the value of an attribute of HTML. */
function attribute(text: string): string {
  return `"${text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;")}"`;
}

/** The text within single quotes of a shell. */
function shell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Ways to record an event from a page, which need the page's origin among the project's. */
export const FOR_PAGES: readonly Snippet[] = [
  {
    name: "Script tag",
    code: ({ server, siteKey, event, user }) =>
      `<script src=${attribute(`${server}/widget.js`)} data-project=${attribute(siteKey)} data-event=${attribute(event)}\n` +
      `  data-user=${attribute(user)} defer></script>`,
  },
  {
    name: "SDK",
    code: ({ server, siteKey, event, user }) =>
      `import { createClient } from ${JSON.stringify(`${server}/sdk.js`)};\n` +
      `await createClient({ baseUrl: ${JSON.stringify(server)} })\n` +
      `  .recordEvent({ projectId: ${JSON.stringify(siteKey)}, event: ${JSON.stringify(event)}, userHash: ${JSON.stringify(user)} });`,
  },
  {
    name: "React",
    before: "npm install @streakd/react",
    code: ({ server, siteKey, event, user }) =>
      `import { StreakWidget } from "@streakd/react";\n` +
      `<StreakWidget baseUrl=${attribute(server)} projectId=${attribute(siteKey)} event=${attribute(event)} userHash=${attribute(user)} />`,
  },
];

/** Ways to record an event from a server or a program. */
export const FOR_SERVERS: readonly Snippet[] = [
  {
    name: "curl",
    code: (place) =>
      `curl -X POST ${place.server}/v1/e -H "Content-Type: application/json" \\\n  -d ${shell(bodyOf(place))}`,
  },
  {
    name: "Node",
    code: (place) =>
      `await fetch("${place.server}/v1/e", { method: "POST", headers: { "Content-Type": "application/json" },\n` +
      `  body: JSON.stringify(${bodyOf(place)}) });`,
  },
  {
    name: "Python",
    code: (place) =>
      `import urllib.request\n` +
      `urllib.request.urlopen(urllib.request.Request("${place.server}/v1/e", ${quoted(place)}.encode(),\n` +
      `    {"Content-Type": "application/json"}))`,
  },
  {
    name: "Go",
    code: (place) =>
      `resp, err := http.Post("${place.server}/v1/e", "application/json",\n` + `\tstrings.NewReader(${quoted(place)}))`,
  },
  {
    name: "Java",
    code: (place) =>
      `HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("${place.server}/v1/e"))\n` +
      `    .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(\n` +
      `        ${quoted(place)})).build(), HttpResponse.BodyHandlers.ofString());`,
  },
  {
    name: "Kotlin",
    code: (place) =>
      `HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("${place.server}/v1/e"))\n` +
      `    .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(\n` +
      `        ${quoted(place).replaceAll("$", "\\$")})).build(), HttpResponse.BodyHandlers.ofString())`,
  },
  {
    name: "C#",
    code: (place) =>
      `await new HttpClient().PostAsync("${place.server}/v1/e",\n` +
      `    new StringContent(${quoted(place)}, Encoding.UTF8, "application/json"));`,
  },
  {
    name: "PHP",
    code: (place) =>
      `file_get_contents("${place.server}/v1/e", false, stream_context_create(["http" => ["method" => "POST",\n` +
      `    "header" => "Content-Type: application/json", "content" => ${quoted(place).replaceAll("$", "\\$")}]]));`,
  },
  {
    name: "Ruby",
    code: (place) =>
      `require "net/http"\n` +
      `Net::HTTP.post(URI("${place.server}/v1/e"), ${quoted(place).replaceAll("#", "\\#")},\n` +
      `  "Content-Type" => "application/json")`,
  },
  {
    name: "Rust",
    before: "cargo add ureq",
    code: (place) =>
      `ureq::post("${place.server}/v1/e").header("Content-Type", "application/json")\n    .send(${quoted(place)})?;`,
  },
  {
    name: "Swift",
    code: (place) =>
      `var request = URLRequest(url: URL(string: "${place.server}/v1/e")!)\n` +
      `request.httpMethod = "POST"\n` +
      `request.setValue("application/json", forHTTPHeaderField: "Content-Type")\n` +
      `request.httpBody = Data(${quoted(place)}.utf8)\n` +
      `let (data, response) = try await URLSession.shared.data(for: request)`,
  },
  {
    name: "Dart",
    before: "dart pub add http",
    code: (place) =>
      `await http.post(Uri.parse("${place.server}/v1/e"), headers: {"Content-Type": "application/json"},\n` +
      `    body: ${quoted(place).replaceAll("$", "\\$")});`,
  },
  {
    name: "C++",
    before: "with libcurl",
    code: (place) =>
      `CURL* curl = curl_easy_init();\n` +
      `curl_slist* headers = curl_slist_append(nullptr, "Content-Type: application/json");\n` +
      `curl_easy_setopt(curl, CURLOPT_URL, "${place.server}/v1/e");\n` +
      `curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);\n` +
      `curl_easy_setopt(curl, CURLOPT_POSTFIELDS, ${quoted(place)});\n` +
      `curl_easy_perform(curl);`,
  },
];
