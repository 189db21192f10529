import { CSPProvider } from "@base-ui/react/csp-provider";
import { TransportProvider } from "@connectrpc/connect-query";
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { queryClient, transport } from "./client.ts";
import { Splash } from "./components/Splash.tsx";
import { Toasts } from "./components/Toast.tsx";
import { SessionGate } from "./session.tsx";

const Shell = lazy(() => import("./shell/Shell.tsx"));

/** The dashboard. */
export function App() {
  return (
    // The Content-Security-Policy allows no <style>: our own styles do what those of the library would.
    <CSPProvider disableStyleElements>
      <TransportProvider transport={transport}>
        <QueryClientProvider client={queryClient}>
          <Toasts>
            <SessionGate>
              <Suspense fallback={<Splash />}>
                <Shell />
              </Suspense>
            </SessionGate>
          </Toasts>
        </QueryClientProvider>
      </TransportProvider>
    </CSPProvider>
  );
}
