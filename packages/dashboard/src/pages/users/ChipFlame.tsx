/** A small flame: filled when a streak waits for nothing now, an outline while it does. */
export function ChipFlame({ isLit }: { readonly isLit: boolean }) {
  return (
    <svg
      width="14"
      height="14"
      viewBox="0 0 24 24"
      fill={isLit ? "currentColor" : "none"}
      stroke="currentColor"
      strokeWidth="2.5"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d="M12.5 2c.7 4.2 6.5 6.5 6.5 12.5a7 7 0 0 1-14 0c0-3 1.4-4.9 2.9-6.4.3 1.9 1 2.9 2 3.5C9.3 8.6 10.2 4.6 12.5 2Z" />
    </svg>
  );
}
