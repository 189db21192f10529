import "./anchors.ts";
import SwaggerUI, { type SwaggerRequest, type SwaggerSystem } from "swagger-ui-dist/swagger-ui-es-bundle.js";
import { components } from "./components.ts";
import { readDocument } from "./document.ts";
import "swagger-ui-dist/swagger-ui.css";
import "./page.css";
import "./renderer.css";
import "./forms.css";
import "./operations.css";
import "./errors.css";

const TOKEN_HEADER = "X-Admin-Token";

/** Lets the renderer be dark when the browser is. The rest of the page follows by its style. */
function followColorScheme(): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", follow);
  follow();
}

/** The token that was typed into "Authorize"; undefined when there is none. */
function typedToken({ authSelectors }: SwaggerSystem): string | undefined {
  const values = Object.values(authSelectors.authorized().toJS()).map(({ value }) => value);
  return values.find((value): value is string => typeof value === "string" && value !== "");
}

/**
 * Adds the token to a call of an operation that anyone may call, which the document shows without: with a token it passes
 * where the project does not allow the origin of this page, or asks for a signed user. Cookies stay out: only what was
 * typed says who calls.
 */
function prepare(request: SwaggerRequest, system: SwaggerSystem): SwaggerRequest {
  request.credentials = "omit";
  const token = typedToken(system);
  if (token !== undefined && new URL(request.url, location.href).origin === location.origin) {
    request.headers[TOKEN_HEADER] = token;
  }
  return request;
}

/** Shows the operations in place of the line that says that they are read. */
async function show(place: HTMLElement): Promise<void> {
  const api = await readDocument();
  const ui = SwaggerUI({
    domNode: place,
    spec: api,
    layout: "ReferenceLayout",
    plugins: [components(api.info.description)],
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    syntaxHighlight: false,
    validatorUrl: null,
    requestInterceptor: (request) => prepare(request, ui.getSystem()),
  });
}

followColorScheme();
const place = document.getElementById("renderer") as HTMLElement;
show(place).catch((error: Error) => {
  place.textContent = `The operations can't be shown: ${error.message}. Reload the page to try again.`;
  place.setAttribute("role", "alert");
});
