import { useEffect, useState } from "react";
import { Button } from "./Button.tsx";
import { CheckIcon, CopyIcon } from "./icons.tsx";
import { toastError } from "./Toast.tsx";

/** How long a button says that it has copied, in milliseconds. */
const SHOWN_MS = 2_000;

/** A button that copies a text. */
export function CopyButton({
  text,
  label = "Copy",
  isShort = false,
}: {
  readonly text: string;
  /** What it copies, for screen readers, such as `Copy the secret`. */
  readonly label?: string;
  /** Whether it shows its icon alone. */
  readonly isShort?: boolean;
}) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    const timer = isCopied ? setTimeout(() => setCopied(false), SHOWN_MS) : undefined;
    return () => clearTimeout(timer);
  }, [isCopied]);

  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch (_refused) {
      // Browsers have the clipboard only on https and localhost.
      toastError(new Error("The browser does not let this page copy. Select the text and copy it yourself."));
    }
  }

  return (
    <>
      <Button
        kind="quiet"
        onClick={copy}
        icon={isCopied ? <CheckIcon /> : <CopyIcon />}
        {...(isShort || label !== "Copy" ? { "aria-label": label } : {})}
      >
        {isShort ? undefined : isCopied ? "Copied" : "Copy"}
      </Button>
      <span className="visually-hidden" role="status">
        {isCopied ? "Copied" : ""}
      </span>
    </>
  );
}
