declare global {
  interface Window {
    streak(event?: string): Promise<void>;
  }
}

export {};
