import SwaggerUI, { type SwaggerRequest } from "swagger-ui-dist/swagger-ui-es-bundle.js";
import "swagger-ui-dist/swagger-ui.css";
import "./reference.css";

const TOKEN_HEADER = "X-Admin-Token";

/** Lets the renderer be dark when the browser is. The rest of the page follows by its style. */
function followColorScheme(): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", follow);
  follow();
}

/** The token that was typed into "Authorize"; undefined when there is none. */
function typedToken(): string | undefined {
  const values = Object.values(ui.getSystem().authSelectors.authorized().toJS());
  return values.map(({ value }) => value).find((value) => typeof value === "string" && value !== "") as
    | string
    | undefined;
}

/**
 * Adds the token to calls of operations that anyone may call, which the document shows without: with a token they pass
 * where the project does not allow the origin of this page, or asks for a signed user. Cookies stay out: only what was
 * typed says who calls.
 */
function prepare(request: SwaggerRequest): SwaggerRequest {
  request.credentials = "omit";
  if (request.loadSpec || new URL(request.url, location.href).origin !== location.origin) {
    return request;
  }
  const token = typedToken();
  if (token !== undefined && !("Authorization" in request.headers)) {
    request.headers[TOKEN_HEADER] ??= token;
  }
  return request;
}

followColorScheme();
const ui = SwaggerUI({
  domNode: document.getElementById("operations") as HTMLElement,
  url: "/openapi.json",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  requestInterceptor: prepare,
});
