import type { ReactNode } from "react";
import type { SwaggerPlugin, SwaggerSystem } from "swagger-ui-dist/swagger-ui-es-bundle.js";

/**
 * The parts of the renderer that this page has otherwise: a layout without a server to choose and without a second `main`,
 * errors as one line each, and names for what a screen reader would not know.
 *
 * @param description what the document says of the whole API, in Markdown
 */
export function components(description: string): (system: SwaggerSystem) => SwaggerPlugin {
  return ({ React: { createElement: h }, getComponent }) => ({
    components: {
      ReferenceLayout() {
        const part = (name: string) => h(getComponent(name, true));
        return h(
          "div",
          { className: "swagger-ui" },
          h(getComponent("SvgAssets")),
          part("errors"),
          h("div", { className: "description" }, h(getComponent("Markdown", true), { source: description })),
          part("AuthorizeBtnContainer"),
          part("operations"),
          part("Models"),
        );
      },
    },
    wrapComponents: {
      response: (Original) => (props) =>
        Number(props.code) < 400
          ? h(Original, props)
          : h(
              "tr",
              { className: "response error-response" },
              h("td", { className: "response-col_status" }, props.code),
              h("td", { className: "response-col_description" }, ...linked(h, props.response.get("description"))),
            ),
      // The original is a link inside a button.
      DeepLink: () => (props) => h("span", null, props.text),
      authorizationPopup: (Original) => (props) =>
        h("div", { role: "dialog", "aria-modal": true, "aria-label": "Authorize" }, h(Original, props)),
      CloseIcon: (Original) => (props) => [
        h(Original, { ...props, key: "icon" }),
        h("span", { className: "visually-hidden", key: "name" }, "Close"),
      ],
      TextArea: (Original) => (props) => h(Original, { "aria-label": "Request body", ...props }),
      // A button's text is its name: who says what they see must be understood.
      Button: (Original) => (props) =>
        h(Original, typeof props.children === "string" ? { ...props, "aria-label": undefined } : props),
    },
  });
}

/** The text of an error's response, in which each code leads to its place in the catalogue. */
function linked(h: SwaggerSystem["React"]["createElement"], text: string): ReactNode[] {
  return text
    .split(/`(\w+)`/)
    .map((part, index) => (index % 2 === 0 ? part : h("a", { href: `#${part}`, key: part }, h("code", null, part))));
}
