import type { ReactNode } from "react";

/** An icon of 20 by 20 pixels in the colour of the text. Screen readers pass over it. */
function Icon({ children }: { readonly children: ReactNode }) {
  return (
    <svg
      width="20"
      height="20"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

/** The product's flame, in the accent's colours. */
export function FlameIcon({ size = 24 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path
        fill="var(--chart-1)"
        d="M12.5 1.5c.7 4.2 6.8 6.7 6.8 13.1a7.3 7.3 0 0 1-14.6 0c0-3 1.5-5.1 3-6.7.3 1.9 1 3 2 3.6C9.2 8.5 10.2 4.3 12.5 1.5Z"
      />
      <path
        fill="var(--on-accent)"
        fillOpacity="0.75"
        d="M12.2 12.3c.4 1.9 3.2 2.8 3.2 5.5a3.4 3.4 0 0 1-6.8 0c0-1.5.8-2.5 1.5-3.2.2.8.5 1.2 1 1.5-.1-1.3.2-2.7 1.1-3.8Z"
      />
    </svg>
  );
}

/** A chart. */
export function OverviewIcon() {
  return (
    <Icon>
      <path d="M4 20V10M10 20V4M16 20v-7M22 20H2" />
    </Icon>
  );
}

/** Two people. */
export function UsersIcon() {
  return (
    <Icon>
      <circle cx="9" cy="8" r="3.5" />
      <path d="M2.5 20a6.5 6.5 0 0 1 13 0M16 4.8a3.5 3.5 0 0 1 0 6.4M18 14.5a6.5 6.5 0 0 1 3.5 5.5" />
    </Icon>
  );
}

/** A window with a badge. */
export function WidgetsIcon() {
  return (
    <Icon>
      <rect x="3" y="4" width="18" height="16" rx="2.5" />
      <path d="M3 9h18M13 14h4M7 14h2" />
    </Icon>
  );
}

/** Two sliders. */
export function SettingsIcon() {
  return (
    <Icon>
      <path d="M4 7h8M18 7h2M4 17h2M12 17h8" />
      <circle cx="15" cy="7" r="2.5" />
      <circle cx="9" cy="17" r="2.5" />
    </Icon>
  );
}

/** A prompt. */
export function StartIcon() {
  return (
    <Icon>
      <path d="m5 7 5 5-5 5M13 17h6" />
    </Icon>
  );
}

/** A server. */
export function SystemIcon() {
  return (
    <Icon>
      <rect x="3" y="4" width="18" height="7" rx="2" />
      <rect x="3" y="13" width="18" height="7" rx="2" />
      <path d="M7 7.5h.01M7 16.5h.01" />
    </Icon>
  );
}

/** A tick. */
export function CheckIcon() {
  return (
    <Icon>
      <path d="m5 12.5 4.5 4.5L19 7.5" />
    </Icon>
  );
}

/** Two sheets. */
export function CopyIcon() {
  return (
    <Icon>
      <rect x="8.5" y="8.5" width="11" height="11" rx="2" />
      <path d="M15.5 8.5v-2a2 2 0 0 0-2-2h-7a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h2" />
    </Icon>
  );
}

/** A cross. */
export function CloseIcon() {
  return (
    <Icon>
      <path d="M6 6l12 12M18 6 6 18" />
    </Icon>
  );
}

/** A plus. */
export function PlusIcon() {
  return (
    <Icon>
      <path d="M12 5v14M5 12h14" />
    </Icon>
  );
}

/** A bin. */
export function TrashIcon() {
  return (
    <Icon>
      <path d="M4 7h16M10 11v6M14 11v6M6 7l1 12.5h10L18 7M9 7V4.5h6V7" />
    </Icon>
  );
}

/** A magnifying glass. */
export function SearchIcon() {
  return (
    <Icon>
      <circle cx="11" cy="11" r="6.5" />
      <path d="m20 20-4.2-4.2" />
    </Icon>
  );
}

/** Two arrows in a circle. */
export function RefreshIcon() {
  return (
    <Icon>
      <path d="M20 11a8 8 0 0 0-14.5-4L4 9M4 4v5h5M4 13a8 8 0 0 0 14.5 4l1.5-2M20 20v-5h-5" />
    </Icon>
  );
}

/** Two heads of arrows, up and down. */
export function ChevronsIcon() {
  return (
    <Icon>
      <path d="m8 10 4-4 4 4M8 14l4 4 4-4" />
    </Icon>
  );
}

/** A head of an arrow to the right. */
export function ChevronRightIcon() {
  return (
    <Icon>
      <path d="m10 7 5 5-5 5" />
    </Icon>
  );
}

/** A sun and a moon in one. */
export function ThemeIcon() {
  return (
    <Icon>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 3.5v17a8.5 8.5 0 0 0 0-17Z" fill="currentColor" />
    </Icon>
  );
}

/** A person. */
export function PersonIcon() {
  return (
    <Icon>
      <circle cx="12" cy="8" r="3.75" />
      <path d="M4.5 20.5a7.5 7.5 0 0 1 15 0" />
    </Icon>
  );
}

/** A triangle with an exclamation mark. */
export function WarningIcon() {
  return (
    <Icon>
      <path d="M12 4 2.5 20h19L12 4ZM12 10v4.5M12 17.3h.01" />
    </Icon>
  );
}

/** A closed lock. */
export function LockIcon() {
  return (
    <Icon>
      <rect x="5" y="10.5" width="14" height="10" rx="2" />
      <path d="M8 10.5V7.5a4 4 0 0 1 8 0v3" />
    </Icon>
  );
}

/** A shield. */
export function ShieldIcon() {
  return (
    <Icon>
      <path d="M12 3 4.5 5.75v5.5c0 4.5 3.2 7.9 7.5 9.75 4.3-1.85 7.5-5.25 7.5-9.75v-5.5Z" />
    </Icon>
  );
}
