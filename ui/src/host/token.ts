/** The token for the HTTP host: from the address the first time, then kept for this tab alone. */

const KEPT = "changeover.token";

/** Takes `?token=` out of the address bar into the tab's storage. */
export function takeToken() {
  const address = new URL(location.href);
  const given = address.searchParams.get("token");
  if (!given) return;
  sessionStorage.setItem(KEPT, given);
  address.searchParams.delete("token");
  history.replaceState(history.state, "", address);
}

export const token = (): string | null => sessionStorage.getItem(KEPT);

/** Keeps what the operator pasted: a token, or the whole address that holds one. */
export function keepToken(pasted: string) {
  const text = pasted.trim();
  const inAddress = /[?&]token=([^&#\s]+)/.exec(text)?.[1];
  sessionStorage.setItem(KEPT, inAddress ? decodeURIComponent(inAddress) : text);
}
