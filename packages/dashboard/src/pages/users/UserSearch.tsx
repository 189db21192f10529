import type { SubmitEvent } from "react";
import { useLocation } from "wouter";
import { Button } from "../../components/Button.tsx";
import { TextField } from "../../components/Field.tsx";
import { lengthOf } from "../../limits.ts";
import { paths } from "../../routes.ts";
import styles from "./UserList.module.css";
import { MAX_PREFIX_LENGTH } from "./use-prefix.ts";

/** Finds users by the beginning of their name, and opens one by the whole name, whether the list has it or not. */
export function UserSearch({
  siteKey,
  text,
  onText,
}: {
  readonly siteKey: string;
  readonly text: string;
  readonly onText: (text: string) => void;
}) {
  const [, navigate] = useLocation();
  const length = lengthOf(text);
  const isTooLong = length > MAX_PREFIX_LENGTH;
  const canOpen = text !== "" && !isTooLong;

  function open(event: SubmitEvent) {
    event.preventDefault();
    if (canOpen) {
      navigate(paths.user(siteKey, text));
    }
  }

  return (
    <search>
      <form className={styles.search} onSubmit={open}>
        <TextField
          label="Find a user"
          hint="The beginning of a name is enough. For an alias, or a user who has only seen a widget, type the whole name and press Enter."
          type="search"
          value={text}
          onValue={onText}
          error={isTooLong ? `A name has at most ${MAX_PREFIX_LENGTH} characters. These are ${length}.` : undefined}
          placeholder="user_"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
        <Button type="submit" disabled={!canOpen}>
          Open
        </Button>
      </form>
    </search>
  );
}
