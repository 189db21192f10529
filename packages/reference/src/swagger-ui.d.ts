/** What this page uses of the renderer, which has no types of its own. */
declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  import type { ComponentType, createElement } from "react";

  /** A call that "Execute" makes. */
  export interface SwaggerRequest {
    url: string;
    headers: Record<string, string>;
    credentials?: RequestCredentials;
  }

  /** What the renderer gives its plugins. */
  export interface SwaggerSystem {
    /** The React that the renderer has in itself. Elements must be made by it. */
    readonly React: { readonly createElement: typeof createElement };
    // biome-ignore lint/suspicious/noExplicitAny: what a component takes is up to the component
    getComponent(name: string, isContainer?: boolean): ComponentType<any>;
    readonly authSelectors: {
      /** What was typed into "Authorize", by the name of the security scheme. */
      authorized(): { toJS(): Readonly<Record<string, { readonly value?: unknown }>> };
    };
  }

  // biome-ignore lint/suspicious/noExplicitAny: what a component takes is up to the component
  export type Wrap = (original: ComponentType<any>, system: SwaggerSystem) => ComponentType<any>;

  export interface SwaggerPlugin {
    // biome-ignore lint/suspicious/noExplicitAny: what a component takes is up to the component
    readonly components?: Readonly<Record<string, ComponentType<any>>>;
    readonly wrapComponents?: Readonly<Record<string, Wrap>>;
  }

  export interface SwaggerOptions {
    readonly domNode: HTMLElement;
    /** The document. */
    readonly spec: object;
    readonly plugins: readonly ((system: SwaggerSystem) => SwaggerPlugin)[];
    readonly requestInterceptor: (request: SwaggerRequest) => SwaggerRequest;
    readonly [option: string]: unknown;
  }

  export default function SwaggerUI(options: SwaggerOptions): { getSystem(): SwaggerSystem };
}

declare module "*.css";
