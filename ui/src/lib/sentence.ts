/**
 * A message of the engine's as a sentence of its own: errors come in lower case and without a full stop, with what
 * was written marked as Markdown does.
 */
export function sentence(text: string): string {
  const whole = text.trim().replace(/`([^`]+)`/g, "“$1”");
  if (whole === "") return "";
  const start = whole.charAt(0).toUpperCase() + whole.slice(1);
  return /[.!?:…]$/.test(start) ? start : `${start}.`;
}
