import { useState } from "react";
import { Menu, MenuChoice } from "../components/Menu.tsx";
import { chooseTheme, storedTheme, type Theme } from "../theme.ts";
import type { OnDemandProps } from "./MenuOnDemand.tsx";

const THEMES: readonly { readonly value: Theme; readonly label: string }[] = [
  { value: "system", label: "As the system says" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

/** The choice between light and dark. */
export default function ThemeMenu({ trigger }: OnDemandProps) {
  const [theme, setTheme] = useState(storedTheme);
  return (
    <Menu trigger={trigger} isOpenAtFirst>
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
