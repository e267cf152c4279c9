export const common = {
  product: "Changeover",
  close: "Close",
  cancel: "Cancel",
  loading: "Loading",
  try_again: "Try again",
  copied: "Copied",
  copy_failed: "The text could not be copied: the browser refused access to the clipboard.",
  simulated: "Simulated",
  not_available: "n/a",
  health: { healthy: "Healthy", degraded: "Degraded", down: "Down", unknown: "Unknown" },
} as const;
