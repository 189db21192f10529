import { meaningOf } from "../numbers/refusals.ts";
import styles from "../Overview.module.css";

/** What calls were refused for, in words and by its code. */
export function Meaning({ code, children }: { readonly code: string; readonly children?: React.ReactNode }) {
  const parts = meaningOf(code).split("`");
  return (
    <>
      {parts.map((part, index) => {
        const isName = index % 2 === 1;
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never change.
        return isName ? <code key={index}>{part}</code> : part;
      })}{" "}
      {children}
      <br />
      <code className={styles.quiet}>{code}</code>
    </>
  );
}
