import { Menu, MenuItem, MenuSeparator, MenuText } from "../components/Menu.tsx";
import { toastError } from "../components/Toast.tsx";
import { scopeName } from "../scopes.ts";
import { useSession } from "../session.tsx";
import type { OnDemandProps } from "./MenuOnDemand.tsx";

/** Who is signed in, what they may do, and the way out. */
export default function AccountMenu({ trigger }: OnDemandProps) {
  const { isRoot, tokenName, siteKey, scopes, signOut } = useSession();
  return (
    <Menu trigger={trigger} isOpenAtFirst>
      <MenuText>
        <strong>{isRoot ? "The admin token" : tokenName}</strong>
        {isRoot ? "It may do everything." : `It may do: ${scopes.map(scopeName).join(", ")}.`}
        {siteKey !== undefined && ` For the project ${siteKey}.`}
      </MenuText>
      <MenuSeparator />
      <MenuItem onSelect={() => location.assign("/docs")}>Documentation</MenuItem>
      <MenuItem onSelect={() => signOut().catch(toastError)}>Sign out</MenuItem>
    </Menu>
  );
}
