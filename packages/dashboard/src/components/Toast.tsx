import { Toast } from "@base-ui/react/toast";
import type { ReactNode } from "react";
import { problemOf } from "../errors.ts";
import { CloseIcon } from "./icons.tsx";
import styles from "./Toast.module.css";

const manager = Toast.createToastManager();

/** Says for a few seconds that something was done. */
export function toastDone(title: string): void {
  manager.add({ title, type: "done" });
}

/** Says that something failed, with the server's message. It stays until it is closed. */
export function toastError(error: unknown): void {
  manager.add({ title: problemOf(error).message, type: "error", timeout: 0, priority: "high" });
}

/** The place where the toasts are. */
export function Toasts({ children }: { readonly children: ReactNode }) {
  return (
    <Toast.Provider toastManager={manager} timeout={5000}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className={styles.viewport}>
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className={`${styles.toast} ${styles[toast.type ?? "done"]}`}>
      <Toast.Content className={styles.content}>
        <Toast.Title className={styles.title} render={<p />} />
        <Toast.Close className={styles.close} aria-label="Close">
          <CloseIcon />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}
