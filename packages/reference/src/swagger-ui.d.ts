/** Of the renderer, which has no types of its own, what this page uses. */
declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  /** A call that "Execute" makes, or the reading of the document. */
  export interface SwaggerRequest {
    url: string;
    readonly loadSpec?: boolean;
    headers: Record<string, string>;
    credentials?: RequestCredentials;
  }

  export interface SwaggerSystem {
    readonly authSelectors: {
      /** What was typed into "Authorize", by the name of the security scheme. */
      authorized(): { toJS(): Readonly<Record<string, { readonly value?: unknown }>> };
    };
  }

  export interface SwaggerOptions {
    readonly domNode: HTMLElement;
    readonly url: string;
    readonly [option: string]: unknown;
    readonly requestInterceptor: (request: SwaggerRequest) => SwaggerRequest;
  }

  export default function SwaggerUI(options: SwaggerOptions): { getSystem(): SwaggerSystem };
}
