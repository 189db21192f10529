import { useState } from "react";
import { Button } from "../components/Button.tsx";
import { ThemeIcon } from "../components/icons.tsx";
import { Menu, MenuChoice } from "../components/Menu.tsx";
import { chooseTheme, storedTheme, type Theme } from "../theme.ts";

const THEMES: readonly { readonly value: Theme; readonly label: string }[] = [
  { value: "system", label: "As the system says" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

/** The choice between light and dark. */
export function ThemeMenu() {
  const [theme, setTheme] = useState(storedTheme);
  return (
    <Menu trigger={<Button kind="quiet" aria-label="Light or dark" icon={<ThemeIcon />} />}>
      <MenuChoice
        label="Colours"
        value={theme}
        options={THEMES}
        onValue={(chosen) => {
          chooseTheme(chosen);
          setTheme(chosen);
        }}
      />
    </Menu>
  );
}
