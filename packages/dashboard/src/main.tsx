import "./styles.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";
import { showTheme, storedTheme } from "./theme.ts";

const root = document.getElementById("root");
if (root === null) {
  throw new Error("The page has no #root.");
}
showTheme(storedTheme());
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
