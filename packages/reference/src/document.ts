/** What this page changes in an OpenAPI document before it shows it. */
export interface ApiDocument {
  readonly info: { readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, { security: Record<string, string[]>[] }>>>>;
  readonly components: { readonly securitySchemes: Record<string, { readonly in?: string }> };
}

/**
 * Reads the server's OpenAPI document. The ways to send a token are alternatives, which would be one form each in
 * "Authorize". So only the first is left: an API key in a header. Cookies are never sent from this page.
 *
 * @throws an error whose message can be shown, when the document can't be read
 */
export async function readDocument(): Promise<ApiDocument> {
  const answer = await fetch("/openapi.json");
  if (!answer.ok) {
    throw new Error(`the server answered ${answer.status}`);
  }
  const document: ApiDocument = await answer.json();
  const schemes = document.components.securitySchemes;
  const others = Object.keys(schemes).filter((name) => schemes[name]?.in !== "header");
  for (const name of others) {
    delete schemes[name];
  }
  for (const operation of Object.values(document.paths).flatMap((item) => Object.values(item))) {
    operation.security = operation.security.filter((way) => !others.some((name) => name in way));
  }
  return document;
}
