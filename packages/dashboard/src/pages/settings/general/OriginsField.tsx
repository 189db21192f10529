import { useState } from "react";
import { ProjectSchema } from "#gen/streak/v1/project_pb.ts";
import { TextAreaField, TextField } from "../../../components/Field.tsx";
import { Notice } from "../../../components/Notice.tsx";
import { plural } from "../../../format.ts";
import { limitsOf } from "../../../limits.ts";
import { entriesOf, problemsOf, tryOrigin, type Verdict } from "../../../origins.ts";
import styles from "./OriginsField.module.css";

/** The list of origins, one on each line, and a field that tells whether pages at an address would pass. */
export function OriginsField({
  value,
  onValue,
  error,
}: {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly error: string | undefined;
}) {
  const [address, setAddress] = useState("");
  const entries = entriesOf(value);
  const { maxItems, maxLength } = limitsOf(ProjectSchema, "allowedOrigins");
  const tooMany = entries.length > maxItems ? [`At most ${maxItems} origins.`] : [];
  const wrong = [...problemsOf(entries), ...tooMany].join(" ");
  return (
    <div className={styles.origins}>
      <TextAreaField
        label="Origins"
        hint={`One on each line: an origin (https://app.example.com), a host (example.com), every subdomain of a host (*.example.com), or null. ${plural(entries.length, "entry", "entries")} of at most ${maxItems}, each with at most ${maxLength} characters.`}
        value={value}
        onValue={onValue}
        error={wrong || error}
        rows={5}
        spellCheck={false}
      />
      <div className={styles.tester}>
        <TextField
          label="Would this pass?"
          hint="The address of a page of yours. It is tried on the list as you see it here, saved or not."
          value={address}
          onValue={setAddress}
          placeholder="https://app.example.com/lesson/1"
          autoComplete="off"
          spellCheck={false}
        />
        <div role="status">{address.trim() !== "" && <Answer verdict={tryOrigin(entries, address.trim())} />}</div>
      </div>
    </div>
  );
}

function Answer({ verdict }: { readonly verdict: Verdict }) {
  switch (verdict.kind) {
    case "allowed":
      return (
        <Notice kind="good">
          Yes: <code>{verdict.origin}</code> passes by <code>{verdict.entry}</code>.
        </Notice>
      );
    case "refused":
      return (
        <Notice kind="warn">
          No: nothing in the list lets <code>{verdict.origin}</code> pass.
        </Notice>
      );
    case "unreadable":
      return <Notice kind="info">Type a whole address, such as https://app.example.com.</Notice>;
  }
}
