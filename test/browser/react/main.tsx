// Runs the page of the tests in a browser. It begins with what the server has rendered; `window.show` shows something else.

import { hydrateRoot } from "react-dom/client";
import { Page, type Shown, told } from "./page.tsx";

const container = document.getElementById("root") as HTMLElement;
const root = hydrateRoot(container, <Page {...JSON.parse(container.dataset.shown ?? "{}")} />);
Object.assign(window, { told, show: (shown: Shown) => root.render(<Page {...shown} />) });
