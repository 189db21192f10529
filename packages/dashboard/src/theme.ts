/** How the dashboard looks: as the system says, or always light or dark. */
export type Theme = "system" | "light" | "dark";

const KEY = "streakd:theme";

/** The theme that was chosen in this browser; `system` when none was. */
export function storedTheme(): Theme {
  const stored = localStorage.getItem(KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}

/** Shows a theme, and remembers it in this browser. */
export function chooseTheme(theme: Theme): void {
  if (theme === "system") {
    localStorage.removeItem(KEY);
  } else {
    localStorage.setItem(KEY, theme);
  }
  showTheme(theme);
}

/** Shows a theme. */
export function showTheme(theme: Theme): void {
  if (theme === "system") {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = theme;
  }
}
