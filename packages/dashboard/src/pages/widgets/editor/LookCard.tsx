import { Card } from "../../../components/Card.tsx";
import { SelectField } from "../../../components/Field.tsx";
import { Notice } from "../../../components/Notice.tsx";
import { LOOKS, POSITIONS, readTheme, writeTheme } from "../themes.ts";
import type { PartProps } from "./CountingCard.tsx";
import styles from "./Editor.module.css";
import { MessageField } from "./MessageField.tsx";
import { ThemeField } from "./ThemeField.tsx";

/** How the widget looks, and what it says. */
export function LookCard({ draft, set, problemAt }: PartProps) {
  const { theme, position } = draft;
  const { name, look, isKnown } = readTheme(theme);
  const known: readonly { readonly value: string; readonly label: string }[] = POSITIONS;
  const positions = known.some(({ value }) => value === position)
    ? known
    : [...known, { value: position, label: `${position} (the widget does not know it)` }];
  return (
    <Card title="Look and words" about="A page can still say otherwise on its own tag.">
      <div className={styles.fields}>
        <ThemeField
          name={isKnown ? name : undefined}
          onName={(chosen) => set({ theme: writeTheme(chosen, look) })}
          error={problemAt("theme", theme)}
        />
        {!isKnown && (
          <Notice kind="warn">
            The widget has no theme <bdi>{theme}</bdi>. It shows {name}.
          </Notice>
        )}
        <div className={styles.pair}>
          <SelectField
            label="Look"
            value={look}
            onValue={(chosen) => set({ theme: writeTheme(name, chosen) })}
            options={LOOKS}
          />
          <SelectField
            label="Position"
            value={position}
            onValue={(chosen) => set({ position: chosen })}
            error={problemAt("position", position)}
            options={positions}
          />
        </div>
        <MessageField
          value={draft.mainMessage}
          onValue={(mainMessage) => set({ mainMessage })}
          error={problemAt("mainMessage", draft.mainMessage)}
        />
      </div>
    </Card>
  );
}
